# Speed and memory against other programs; benches/rivals/main.rs tells what can be set, and
# FEATURES=mimalloc takes the other allocator.
.PHONY: bench
bench:
	cargo bench --bench rivals $(if $(FEATURES),--features $(FEATURES))
