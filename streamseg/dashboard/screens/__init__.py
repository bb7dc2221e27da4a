"""Dialogs over the dashboard. The stream goes on behind them."""
