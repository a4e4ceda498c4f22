"""A training department on one server: who may do what, and what each of them needs besides practising."""
