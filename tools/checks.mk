# Included by the Makefile: `make check` and `make fuzz`.

# What `make check` looks at. Each C file is linted again only when it or a header of it changed.
C_FILES = $(wildcard host/*.[ch] host/*/*.[ch] tests/*/*.[ch])
LUA_DIRS = $(wildcard modules scripts tests examples tools)
check:
	@tools/deps.sh run test check
	$(AGAIN) --keep-going lint
	@echo "check: clean"
lint: lint-format lint-c lint-lua lint-tree $(patsubst %.c,$(B)/%.tidy,$(filter %.c,$(C_FILES)))
lint-format:
	@clang-format --dry-run -Werror $(C_FILES)
lint-c:
	@mkdir -p $(B)/cppcheck
	@cppcheck --quiet --enable=warning,performance,portability --inline-suppr --std=c11 \
	  --suppress=missingIncludeSystem --error-exitcode=1 --cppcheck-build-dir=$(B)/cppcheck \
	  -Ihost $(filter %.c,$(C_FILES))
lint-lua:
	@luacheck --quiet $(LUA_DIRS)
lint-tree:
	@tools/check-tree.sh
$(B)/%.tidy: %.c $(B)/%.o .clang-tidy tools/lint.h
	@clang-tidy --quiet $< -- $(LANGUAGE) -include tools/lint.h > $@.log 2>&1 || { cat $@.log; exit 1; }
	@touch $@

# Each reader of foreign bytes for SECONDS with clang's fuzzer and sanitizers; NAME is some of them.
SECONDS ?= 60
fuzz:
	$(AGAIN) B=build/fuzz CC=clang CFLAGS="-O1 -g" WARN= LDFLAGS="-fsanitize=fuzzer" \
	  SANITIZE="-fsanitize=fuzzer-no-link,address,undefined" build/fuzz/tests/fuzz/fuzz
	@tools/fuzz.sh $(SECONDS) $(NAME)
$(B)/tests/fuzz/fuzz: $(FUZZ) $(B)/tests/fuzz/fuzz.o $(filter-out $(B)/host/main.o,$(OBJ))
	$(SAY) $(LINK) $(SEEN) -o $@ $^ $(LIBS)
