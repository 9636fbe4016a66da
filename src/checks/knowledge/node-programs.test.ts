import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeUse } from "./node-programs.ts";

const container = (more: object) => ({ name: "app", command: [], args: [], env: [], ...more });

test("what works on its node is known by a word of its image, its name or its programs, in each spelling", () => {
  for (const word of ["kube-proxy", "kubeproxy"]) {
    assert.equal(nodeUse(container({ name: word })), `by its name ${word} sets up the node's network`);
  }
  assert.equal(nodeUse(container({ image: "quay.io/x/ebpf-tool:1" })), "by its name ebpf traces the node's kernel");
  assert.equal(
    nodeUse(container({ command: ["/bin/sh", "-c", "exec /usr/sbin/tailscaled --x"] })),
    "by its name tailscaled makes a tunnel",
  );
  assert.equal(nodeUse(container({ image: "registry.example.com/shop/web:1", command: ["node"] })), undefined);
});
