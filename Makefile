# Speed and memory against other programs; benches/rivals/main.rs tells what can be set.
.PHONY: bench
bench:
	cargo bench --bench rivals
