# The two commands: `make demo` shows Bulkhead at work, `make test` proves it. Both need Node 20 or later and npm, and
# install the rest. `make help` lists what else there is.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

demo_db := .cache/demo/advisories.db
# The hardened images are dated by the week.
demo_shop := .cache/demo/assembled-$(shell date -u +%G-%V)

.PHONY: help
help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS=$$'\t' read -r name about; do printf 'make %-12s %s\n' "$$name" "$$about"; done

.PHONY: demo
demo: install $(demo_shop) $(demo_db) ## check the insecure shop
	@npx bulkhead check examples/shop/insecure --db $(demo_db) || { code=$$?; [ $$code -eq 1 ] || [ $$code -eq 3 ] || exit $$code; }

.PHONY: demo-cluster
demo-cluster: install ## check the hardened shop with its cluster: all ten controls pass (SHOP=insecure: all fail; SERVE=--serve keeps it up)
	@scripts/setup-cluster
	@npx node examples/shop/cluster.ts $(SHOP) $(SERVE)

.PHONY: test
test: install ## install what the tests need, lint, and run every test
	@scripts/setup-tests
	@npm run -s lint
	@npm run -s test

.PHONY: test-later
test-later: install ## every test with the clock 400 days ahead (LATER=+5y for another)
	@scripts/setup-tests
	@faketime -f '$(or $(LATER),+400d)' npm run -s test

.PHONY: test-cluster
test-cluster: install ## build a Kubernetes API server, once, and run the tests that need it
	@scripts/setup-tests
	@scripts/setup-cluster
	@npm run -s test:cluster

.PHONY: soak
soak: install ## fuzz each reader against the program that consumes its format, every byte of signatures, and properties, at length
	@scripts/setup-tests
	@npx node test/differential/soak.ts $(READERS) $(if $(CASES),--cases=$(CASES)) $(if $(SEED),--seed=$(SEED))
	@$(if $(READERS),,npm run -s test:soak)

.PHONY: test-live
test-live: install ## the tests that need root, containers and BPF, or Debian's suites and npm's registry; skips name what is missing
	@scripts/setup-tests
	@$(MAKE) -C sensor >/dev/null || echo "the sensor is not built: its tests are skipped" >&2
	@npm run -s test:live

.PHONY: quick
quick: install ## the tests that need nothing but Node
	@npm run -s test:quick

.PHONY: lint
lint: install ## format, types, arrows, unused code, generated files
	@npm run -s lint

.PHONY: bench
bench: install ## every benchmark
	@npm run -s bench

.PHONY: image
image: install ## make the program's image as an OCI layout in .cache/image (asks Debian's archive)
	@npm run -s image

.PHONY: picture
picture: install $(demo_shop) $(demo_db) ## draw the README's picture anew (needs util-linux's script)
	@script -qec "stty cols 100; node_modules/.bin/node bin/bulkhead.js check examples/shop/insecure --quiet --db $(demo_db) || [ \$$? -eq 1 ]" /dev/null </dev/null >.cache/demo/terminal
	@npx node scripts/picture.ts "bulkhead check examples/shop/insecure" 72 <.cache/demo/terminal >docs/check.svg

.PHONY: picture-cluster
picture-cluster: install ## draw the picture of the ten controls that pass anew (needs a Kubernetes API server, and util-linux's script)
	@scripts/setup-cluster
	@script -qec "stty cols 100; node_modules/.bin/node examples/shop/cluster.ts 2>/dev/null" /dev/null </dev/null >.cache/demo/terminal
	@npx node scripts/picture.ts "bulkhead check examples/shop/hardened --cluster" 16 <.cache/demo/terminal >docs/check-cluster.svg

.PHONY: screens
screens: install $(demo_shop) $(demo_db) ## take the pictures of the HTML report anew (needs chromium and pdftoppm)
	@node_modules/.bin/node bin/bulkhead.js check examples/shop/insecure --quiet --db $(demo_db) --format html=.cache/demo/report.html >/dev/null || [ $$? -eq 1 ]
	@npx node scripts/screens.ts .cache/demo/report.html

.PHONY: clean
clean: ## remove what was generated and downloaded
	rm -rf node_modules .cache examples/shop/*/.generated

.PHONY: install
install:
	@scripts/setup-npm

$(demo_shop): $(wildcard examples/shop/*.ts examples/shop/*/images.ts) | install
	@npx node examples/shop/assemble.ts >/dev/null
	@mkdir -p $(@D) && touch $@

$(demo_db): $(wildcard examples/shop/advisories/*.json*) $(wildcard src/engines/vulnerability/database/*.ts) | install
	@mkdir -p $(@D)
	@npx bulkhead db import examples/shop/advisories --db $@ --label "the shop's demonstration advisories, a small dated selection"
