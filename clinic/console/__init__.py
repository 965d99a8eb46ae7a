"""The clinic's pages: the live worklist, patients, accounts."""
