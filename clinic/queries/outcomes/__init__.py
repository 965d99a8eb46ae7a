"""How a clinic does, over some weeks."""
