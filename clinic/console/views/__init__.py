"""Console views: parse, one service or query call, respond."""
