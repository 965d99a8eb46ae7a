"""Labs and facts come in, the risk is computed anew, staff answer what it suggests."""
