-- digest_spec.lua - host.digest
local lu = require "luaunit"

local T = {}

function T.test_sha256()
  lu.assertEquals(host.digest("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  lu.assertEquals(host.digest(""),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
end

-- RFC 4231, cases 1, 2 and 6
function T.test_hmac()
  lu.assertEquals(host.digest("Hi There", ("\x0b"):rep(20)),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
  lu.assertEquals(host.digest("what do ya want for nothing?", "Jefe"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  lu.assertEquals(
    host.digest("Test Using Larger Than Block-Size Key - Hash Key First", ("\xaa"):rep(131)),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
end

function T.test_an_empty_key_is_a_key()
  lu.assertEquals(host.digest("", ""),
    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
end

function T.test_any_bytes()
  lu.assertNotEquals(host.digest("a\0b"), host.digest("a\0c"))
  lu.assertNotEquals(host.digest("x", "a\0b"), host.digest("x", "a\0c"))
end

function T.test_arguments()
  lu.assertErrorMsgContains("string expected", host.digest)
  lu.assertErrorMsgContains("string expected", host.digest, "x", {})
end

return T
