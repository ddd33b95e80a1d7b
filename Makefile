# `make check` is what CI runs. `make help` lists the rest.
GO ?= go
FUZZTIME ?= 20s

# What is released, and the most that a binary may be: 16 MiB.
SYSTEMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
MAX_SIZE = 16777216

.PHONY: help check fmt vet build completions staticcheck vulncheck test bench fuzz cover demo

help: ## list what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

check: fmt vet build staticcheck vulncheck test ## all that must pass: what CI runs

fmt: ## every file is as gofmt writes it
	@files=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l); \
	if [ -n "$$files" ]; then echo "gofmt would change:"; echo "$$files"; exit 1; fi

vet: ## go vet, in all three modules
	$(GO) vet ./...
	cd bench && $(GO) vet ./...
	cd proof && $(GO) vet ./...

build: ## the command for every system, and whether it is small enough; go vet for those that this is not
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && large= && \
	for system in $(SYSTEMS); do \
		CGO_ENABLED=0 GOOS=$${system%/*} GOARCH=$${system#*/} \
			$(GO) build -trimpath -ldflags '-s -w' -o "$$dir/settle" ./cmd/settle || exit 1; \
		size=$$(($$(wc -c <"$$dir/settle"))); \
		printf '%-14s %9d bytes\n' "$$system" "$$size"; \
		[ "$$size" -le $(MAX_SIZE) ] || large="$$large $$system"; \
	done; \
	if [ -n "$$large" ]; then echo "above $(MAX_SIZE) bytes:$$large"; exit 1; fi
	CGO_ENABLED=0 GOOS=windows $(GO) vet -trimpath ./...
	CGO_ENABLED=0 GOOS=darwin $(GO) vet -trimpath ./...

completions: ## of four shells, into build/completions
	@mkdir -p build/completions
	$(GO) run ./cmd/settle completion bash >build/completions/settle.bash
	$(GO) run ./cmd/settle completion zsh >build/completions/_settle
	$(GO) run ./cmd/settle completion fish >build/completions/settle.fish
	$(GO) run ./cmd/settle completion powershell >build/completions/settle.ps1

staticcheck: ## staticcheck
	$(GO) tool staticcheck ./...
	cd proof && $$($(GO) -C .. tool -n staticcheck) ./...

# govulncheck asks vuln.go.dev; where that cannot be reached nothing is known, and it is said.
vulncheck: ## known vulnerabilities, where the database can be reached
	@out=$$($(GO) tool govulncheck ./... 2>&1); code=$$?; \
	case "$$out" in \
	*"no such host"*|*"dial tcp"*|*"connection refused"*|*"fetching vulnerabilities"*|*"TLS handshake"*|*"Forbidden"*) \
		echo "left out: govulncheck cannot reach its database here";; \
	*) echo "$$out"; exit $$code;; \
	esac

test: ## all tests, with the race detector; those of speed and memory without it
	$(GO) test -race -timeout 15m ./...
	$(GO) test -run 'Rule16|Fleet_|History_' .
	cd bench && $(GO) test -race ./...
	cd proof && $(GO) test -race ./...
	@$(GO) test -count=1 -v -run TestNeed ./internal/lxdtest ./internal/slurmtest | grep 'left out' || true

# TRACES=DIR adds recorded durations to docs/polling.md: files of one number a line.
bench: ## measure; writes docs/benchmarks.md, docs/fleet.md, docs/http.md, docs/command.md and docs/polling.md
	cd bench && $(GO) run . -o ../docs/benchmarks.md
	cd bench && $(GO) run ./fleet -o ../docs/fleet.md
	cd bench && $(GO) run ./http -o ../docs/http.md
	cd bench && $(GO) run ./command -o ../docs/command.md
	cd bench && $(GO) run ./polling $(if $(TRACES),-traces $(TRACES)) -o ../docs/polling.md

fuzz: ## each fuzz test for FUZZTIME
	@for p in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p || exit 1; \
		done; \
	done

cover: ## coverage of the library; the uncovered lines are listed
	$(GO) test -coverprofile=cover.out .
	$(GO) tool cover -func=cover.out | grep -v '100.0%'

demo: ## see it wait
	$(GO) run ./cmd/settle demo
