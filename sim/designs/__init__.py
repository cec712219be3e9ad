"""Designs of studies: from a study file's ``design:`` section to a table of points. Nothing runs here.

.. code-block:: yaml

    design:
      method: sobol_sequence      # grid one_at_a_time latin_hypercube sobol_sequence sobol morris factorial
      n: 256                      # table zip points
      factors:
        ties.atomisation: [0, 0.6]                            # two numbers are a range
        cases.rate: {low: 0.1, high: 10, scale: log}
        policies.neighbour_festival.on: [false, true]         # listed or not
        policies.neighbour_festival.start: {low: 0, high: 20, integer: true}
        regime: [one_core, self_governing, administrative]    # any other list is values
      constraints:
        - ties.atomisation <= 0.3 or policies.neighbour_festival.on
"""
