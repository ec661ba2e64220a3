// test_form.c - percent-encoding of forms and queries, alone and from a Lua table.
#include "form.h"

#include <lauxlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void encodes_to(const char *text, size_t length, const char *expected)
{
    char out[1024];
    memset(out, '#', sizeof out);
    char *end = form_encode(out, text, length);
    assert_int_equal(end - out, strlen(expected));
    assert_int_equal(form_length(text, length), strlen(expected));
    assert_memory_equal(out, expected, strlen(expected));
    assert_int_equal(*end, '#'); // nothing past the end
}

static void test_encode(void **state)
{
    (void)state;
    encodes_to("", 0, "");
    encodes_to("AZaz09-._~", 10, "AZaz09-._~");
    encodes_to("a b+c&d=e", 9, "a%20b%2Bc%26d%3De");
    encodes_to("\xC3\xA9\n%", 4, "%C3%A9%0A%25");
    encodes_to("\0\xFF/", 3, "%00%FF%2F");
}

static void test_every_byte_has_its_length(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char byte = (char)c, out[4];
        assert_int_equal(form_encode(out, &byte, 1) - out, form_length(&byte, 1));
    }
}

static int push(lua_State *L)
{
    form_push(L, 1, "form");
    return 1;
}

// Runs form_push on the value of a Lua expression; the result or the message is left on top.
static int run(lua_State *L, const char *expression)
{
    lua_settop(L, 0);
    lua_pushcfunction(L, push);
    assert_int_equal(luaL_loadstring(L, expression), LUA_OK);
    assert_int_equal(lua_pcall(L, 0, 1, 0), LUA_OK);
    return lua_pcall(L, 1, 1, 0);
}

static void test_push(void **state)
{
    lua_State *L = *state;
    assert_int_equal(run(L, "return nil"), LUA_OK);
    assert_string_equal(lua_tostring(L, -1), "");
    assert_int_equal(run(L, "return {}"), LUA_OK);
    assert_string_equal(lua_tostring(L, -1), "");
    assert_int_equal(run(L, "return {['a b'] = 'c&d'}"), LUA_OK);
    assert_string_equal(lua_tostring(L, -1), "a%20b=c%26d");
    assert_int_equal(run(L, "return {a = '1', b = '2'}"), LUA_OK);
    const char *two = lua_tostring(L, -1);
    assert_true(strcmp(two, "a=1&b=2") == 0 || strcmp(two, "b=2&a=1") == 0);
}

static void test_refuses(void **state)
{
    lua_State *L = *state;
    assert_int_equal(run(L, "return 5"), LUA_ERRRUN);
    assert_string_equal(lua_tostring(L, -1), "form: table expected, got number");
    assert_int_equal(run(L, "return {limit = 25}"), LUA_ERRRUN);
    assert_string_equal(lua_tostring(L, -1), "form.limit: string expected, got number");
    assert_int_equal(run(L, "return {'x'}"), LUA_ERRRUN);
    assert_string_equal(lua_tostring(L, -1), "form: names must be strings, not number");
}

static int set_up(void **state)
{
    *state = luaL_newstate();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    lua_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode),
        cmocka_unit_test(test_every_byte_has_its_length),
        cmocka_unit_test(test_push),
        cmocka_unit_test(test_refuses),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
