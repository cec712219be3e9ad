"""What passes between rooms: opportunities, cases and desks, budget, levers."""
