# `make check` is what CI runs. `make help` lists the rest.
GO ?= go
FUZZTIME ?= 20s

.PHONY: help check fmt vet staticcheck vulncheck test bench fuzz cover demo

help: ## list what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

check: fmt vet staticcheck vulncheck test ## all that must pass: what CI runs

fmt: ## every file is as gofmt writes it
	@files=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l); \
	if [ -n "$$files" ]; then echo "gofmt would change:"; echo "$$files"; exit 1; fi

vet: ## go vet, in all three modules
	$(GO) vet ./...
	cd bench && $(GO) vet ./...
	cd proof && $(GO) vet ./...

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
bench: ## measure; writes docs/benchmarks.md, docs/fleet.md, docs/http.md and docs/polling.md
	cd bench && $(GO) run . -o ../docs/benchmarks.md
	cd bench && $(GO) run ./fleet -o ../docs/fleet.md
	cd bench && $(GO) run ./http -o ../docs/http.md
	cd bench && $(GO) run ./http -o ../docs/http.md
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
