"""How good a model is: metrics, the protocol's table, the dial's curve. For researchers; needs torch."""
