import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { fileCapabilities } from "./capabilities.ts";
import { capabilityAttribute } from "./permissions.fixture.ts";

test("versions 1 to 3: what is permitted, what is inherited, and whether it is there from the start", () => {
  assert.deepEqual(fileCapabilities(capabilityAttribute([13])), {
    ...{ kind: "capabilities", permitted: ["cap_net_raw"], inheritable: [], effective: true },
  });
  assert.deepEqual(
    fileCapabilities(capabilityAttribute([21, 39], { inheritable: [10], effective: false, rootId: 1000 })),
    {
      ...{ kind: "capabilities", permitted: ["cap_sys_admin", "cap_bpf"], inheritable: ["cap_net_bind_service"] },
      ...{ effective: false, rootId: 1000 },
    },
  );
  const first = Buffer.alloc(12);
  first.writeUInt32LE(0x01000001, 0);
  first.writeUInt32LE(1 << 7, 4);
  assert.deepEqual(fileCapabilities(first), {
    ...{ kind: "capabilities", permitted: ["cap_setuid"], inheritable: [], effective: true },
  });
});

test("numbers without a name stay numbers, and all 64 are told", () => {
  const all = fileCapabilities(capabilityAttribute(Array.from({ length: 64 }, (_, bit) => bit)));
  assert.ok(all.kind === "capabilities");
  assert.equal(new Set(all.permitted).size, 64);
  assert.deepEqual([all.permitted[40], all.permitted[41]], ["cap_checkpoint_restore", "cap_41"]);
});

test("other lengths and revisions cannot be read", () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(3), Buffer.alloc(20), capabilityAttribute([1]).subarray(0, 19)]) {
    assert.equal(fileCapabilities(bytes).kind, "unreadable");
  }
  assert.equal(fileCapabilities(Buffer.concat([capabilityAttribute([1]), Buffer.alloc(1)])).kind, "unreadable");
});

test("property: any bytes give an answer, and the bits come back", () => {
  fc.assert(
    fc.property(fc.oneof(mutatedBytes(capabilityAttribute([1, 40], { rootId: 7 })), fc.uint8Array()), (bytes) => {
      assert.ok(["capabilities", "unreadable"].includes(fileCapabilities(Buffer.from(bytes)).kind));
    }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(63)), fc.uniqueArray(fc.nat(63)), fc.boolean(), (some, others, effective) => {
      const read = fileCapabilities(capabilityAttribute(some, { inheritable: others, effective }));
      assert.ok(read.kind === "capabilities");
      assert.deepEqual([read.permitted.length, read.inheritable.length], [some.length, others.length]);
      assert.equal(read.effective, effective);
    }),
  );
});
