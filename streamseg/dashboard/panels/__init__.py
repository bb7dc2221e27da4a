"""The parts of the dashboard: each shows one side of a `Moment` with the widgets of `streamseg.dashboard.widgets`."""
