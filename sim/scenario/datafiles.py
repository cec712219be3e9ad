"""The data files a scenario names, read before anything is run or written."""

from __future__ import annotations

from sim.scenario.schema import Scenario


def check_data_files(scenario: Scenario) -> None:
    """Read the residents' table and the network file, if there are any.

    Parameters
    ----------
    scenario : Scenario

    Raises
    ------
    YiheError
        What is wrong in a file, where, and the mend.
    """
    if scenario.population_path is None:
        return
    from sim.network.interchange import read_ties
    from sim.population.csv_import import read_csv
    from sim.rng import Streams

    streams = Streams(scenario.seed)
    population = read_csv(scenario.population_path, scenario.places, scenario.population, streams)
    if scenario.ties_path is not None:
        read_ties(scenario.ties_path, population.names)
