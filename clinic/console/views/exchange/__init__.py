"""Bringing in what the hospital has, and settling what waits."""
