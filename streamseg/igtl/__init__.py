"""OpenIGTLink: the link to a server that sends pictures, the server that gives results, and their geometry."""
