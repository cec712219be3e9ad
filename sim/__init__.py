"""yihe 一核: an agent-based laboratory for Chinese community governance (社区治理)."""
