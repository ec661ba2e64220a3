# affiche: `make demo` and `make test` need nothing but a fresh Debian 12.
# B, BIN, ROOT and SANITIZE choose another build beside the usual one; see `asan` below. V=1 shows
# the commands. SHARED=1 links the small libraries as shared ones.

PREFIX ?= /usr/local
CC = gcc
PKGS = lua5.4 libuv libwebp libwebpdemux libpng libjpeg lcms2 sqlite3
OPENED = libmicrohttpd libcurl openssl # by host/lib, when a command needs them
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
HARDEN = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection
CFLAGS ?= -O2 -g
B ?= build
BIN ?= affiche
ROOT ?= .
SANITIZE ?=
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
AGAIN = +@$(MAKE) --no-print-directory -j$(JOBS)

SRC := $(wildcard host/*.c host/prim/*.c host/sys/*.c host/lib/*.c host/codec/*.c)
OBJ := $(SRC:%.c=$(B)/%.o)
PRIMS := $(notdir $(basename $(wildcard host/prim/*.c)))
UNIT := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
BENCH := $(B)/tests/bench/pictures
FUZZ := $(patsubst %.c,$(B)/%.o,$(filter-out %/fuzz.c,$(wildcard tests/fuzz/*.c)))
TOOLS := $(patsubst %.c,$(B)/%,$(shell grep -ls '^int main' tests/tools/*.c))

# Asked of pkg-config once, and only when something is compiled: `make deps` may have to bring it.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) $(OPENED)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
LANGUAGE = -std=c11 -D_GNU_SOURCE -Ihost -I$(B) $(PKG_CFLAGS) -DAFFICHE_ROOT='"$(ROOT)"'
ALL_CFLAGS = $(LANGUAGE) $(WARN) $(CFLAGS) $(if $(SANITIZE),,$(HARDEN)) -fPIE $(SANITIZE)
LINK = $(CC) $(SANITIZE) -pie -Wl,-z,relro,-z,now $(LDFLAGS)
# Looking up the functions of a dozen small libraries takes longer than most commands: they are
# linked in, Lua as a whole for the sake of native modules. Debian has no such form of lcms2.
LUA = -Wl,--whole-archive -llua5.4 -Wl,--no-whole-archive
INSIDE = -Wl,-Bstatic $(LUA) -luv_a -lwebpdemux -lwebp -lpng16 -lz -ldeflate -ljpeg -lgif -lsqlite3
LIBS = $(if $(SHARED),$(PKG_LIBS) -ldeflate -lgif,$(INSIDE) -Wl,-Bdynamic -llcms2) -lpthread -lm
SAY = $(if $(V),,@echo "  $@" &&)

all: $(BIN)

# Seen from outside: Lua, for modules in C, and a name that libde265 is to find here first.
SEEN = -Wl,--export-dynamic-symbol='lua*' -Wl,--export-dynamic-symbol='de265*'
$(BIN): $(OBJ)
	@mkdir -p $(@D)
	$(SAY) $(LINK) $(SEEN) -o $@ $^ $(LIBS)

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(SAY) $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Pixels are worked on in plain C loops: let the compiler make vector code of them.
$(B)/host/codec/%.o: ALL_CFLAGS += -O3

# The registry of primitives is the listing of host/prim.
$(B)/prims.inc: $(wildcard host/prim) Makefile
	@mkdir -p $(@D)
	@for p in $(PRIMS); do echo "PRIM_ENTRY($$p)"; done > $@
$(B)/host/api.o: $(B)/prims.inc

$(UNIT): $(B)/%: $(B)/%.o $(filter-out $(B)/host/main.o,$(OBJ))
	$(SAY) $(LINK) $(SEEN) -o $@ $^ $(LIBS) -lcmocka
$(B)/tests/unit/test_fuzz: $(FUZZ)

$(BENCH): $(patsubst %.c,$(B)/%.o,$(wildcard tests/bench/*.c)) $(filter-out $(B)/host/main.o,$(OBJ))
	$(SAY) $(LINK) -o $@ $^ $(LIBS)

# A peer that has no program for many pictures; only where its headers are.
$(B)/tests/bench/vips_loop: tests/bench/vips/loop.c
	$(SAY) $(CC) -std=gnu11 -O2 -o $@ $< $$(pkg-config --cflags --libs vips)

# A tool that the tests run: NAME.c with its main, and what else begins with NAME.
.SECONDEXPANSION:
$(TOOLS): $(B)/%: $$(addprefix $(B)/,$$(addsuffix .o,$$(basename $$(wildcard $$**.c))))
	$(SAY) $(LINK) -o $@ $^ -Wl,--as-needed $(PKG_LIBS) -lgif -lwebpmux -lm

deps:
	@tools/deps.sh run
deps-test:
	@tools/deps.sh run test

demo: deps
	$(AGAIN) all
	./$(BIN) demo

# One last line for all suites: `N passed, N failed`.
test: deps-test
	$(AGAIN) all test-programs
	@tools/run-tests.sh unit spec system

# One suite alone: `make spec ONLY=json` runs the files whose name contains "json".
unit spec system: all test-programs
	@tools/run-tests.sh $@
test-programs: $(UNIT) $(TOOLS)

export AFFICHE := $(abspath $(BIN))
export UNIT_PROGRAMS = $(abspath $(UNIT))
export TEST_LOGS := $(abspath $(B)/test-logs)

# The same tests, watched more closely. The options end a program at its first finding.
asan asan-crashtest: export ASAN_OPTIONS = abort_on_error=0:detect_stack_use_after_return=1
asan asan-crashtest: export UBSAN_OPTIONS = print_stacktrace=1:halt_on_error=1
WITH_ASAN = B=build/asan BIN=build/asan/affiche ROOT=../.. CFLAGS="-O1 -g" \
  SANITIZE="-fsanitize=address,undefined -fno-omit-frame-pointer"
asan: deps-test
	$(AGAIN) $(WITH_ASAN) all test-programs watched
# A finding makes a strike wrong, whatever became of the files. Leaks are looked for by `asan`.
asan-crashtest:
	$(AGAIN) $(WITH_ASAN) CRASH="sample=100" crashtest
tsan: export TSAN_OPTIONS = halt_on_error=1
tsan: export WRAPPER = setarch -R
tsan: deps-test
	$(AGAIN) B=build/tsan BIN=build/tsan/affiche ROOT=../.. CFLAGS="-O1 -g" \
	  SANITIZE="-fsanitize=thread" SUITES="unit spec" all test-programs watched
valgrind: export WRAPPER = valgrind --quiet --error-exitcode=99 --leak-check=full \
  --errors-for-leak-kinds=definite --child-silent-after-fork=yes
valgrind:
	@tools/deps.sh run test check
	$(AGAIN) SUITES="unit spec" all test-programs watched

watched: all test-programs
	@tools/run-tests.sh $(or $(SUITES),unit spec system)

# Killed anywhere, and every call made to fail: all of it. Takes half an hour.
CRASH = report=docs/reliability.md
crashtest: deps-test
	$(AGAIN) all test-programs
	./$(BIN) console tests/crash/main.lua $(CRASH)
bench: all $(BENCH)
	@! pkg-config --exists vips || $(MAKE) --no-print-directory $(B)/tests/bench/vips_loop
	@for b in tests/bench/*.sh; do [ ! -x "$$b" ] || "$$b" || exit 1; done

docs: all
	@mkdir -p $(B)/docs
	./$(BIN) console tools/docs.lua modules/host.lua $(B)/docs/primitives.md

SHARE = $(DESTDIR)$(PREFIX)/share/affiche
install: all
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/affiche
	@for f in $$(find modules scripts -type f -name '*.lua') $$(find examples -type f); do \
	  m=644; [ ! -x "$$f" ] || m=755; \
	  install -D -m $$m "$$f" "$(SHARE)/$$f" || exit 1; done
uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/bin/affiche $(SHARE)

include tools/checks.mk

clean:
	rm -rf build affiche

.PHONY: all deps deps-test check test demo asan tsan valgrind watched crashtest asan-crashtest \
  bench docs install uninstall fuzz lint lint-format lint-c lint-lua lint-tree clean unit test-programs spec system
.SECONDARY:
-include $(OBJ:.o=.d) $(UNIT:=.d) $(wildcard $(B)/tests/tools/*.d $(B)/tests/bench/*.d $(B)/tests/fuzz/*.d)
