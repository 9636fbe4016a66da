/** `bulkhead runtime containers`, over the files and sockets of a made host. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import {
  type MadeHost,
  madeHost,
  serveCri,
  serveEngine,
} from "../../src/collect/runtime/containers/made-host.fixture.ts";
import {
  containerdAnnotations,
  criList,
  criSandboxStatus,
  criStatus,
  dockerConfig,
  id,
  message,
  pod,
  spec,
} from "../../src/engines/events/containers/documents.fixture.ts";
import { authority, serve } from "../../src/net/loopback.fixture.ts";
import { inProcess } from "../in-process.ts";

const task = `run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`;

async function containers(host: MadeHost, ...words: readonly string[]) {
  return await inProcess(["runtime", "containers", "--root", host.root, ...words], { cwd: host.root, home: host.root });
}

function inFile(t: TestContext, name: string, text: string): string {
  const at = mkdtempSync(join(tmpdir(), "bulkhead-kubelet-"));
  t.after(() => rmSync(at, { recursive: true, force: true }));
  writeFileSync(join(at, name), text);
  return join(at, name);
}

describe("what is known of a host's containers", () => {
  test("is read from files where no runtime listens", async (t) => {
    const host = madeHost(t);
    host.write(task, spec({ annotations: containerdAnnotations }));
    const { code, stdout } = await containers(host);
    assert.equal(code, 0);
    assert.deepEqual(stdout.split("\n"), [
      `api  containerd ${id.slice(0, 12)}`,
      "  image  registry.example.com/shop/api:2.0",
      "  pod    shop/api-7f9c4-x2x9z",
      "  mount  /srv/data on /data (read-only)",
      "1 container",
      "",
    ]);
  });

  test("is read from sockets, with what could not be asked", async (t) => {
    const host = madeHost(t);
    await serveCri(t, host, "run/containerd/containerd.sock", (method) => {
      if (method === "Version") return message([2, "containerd"]);
      if (method === "ListContainers") return criList();
      return method === "ContainerStatus" ? criStatus() : criSandboxStatus();
    });
    await serveEngine(t, host, "run/docker.sock", (_, response) => void response.writeHead(503).end());
    const { code, stdout, stderr } = await containers(host, "--format", "json");
    assert.equal(code, 3);
    assert.equal(stderr, "events.container-answer: docker (/run/docker.sock): the container runtime answered 503\n");
    const [facts] = JSON.parse(stdout);
    assert.equal(facts.details.pod.labels.app, "api");
    assert.equal(facts.details.hostNetwork, true);
  });

  test("is told with its pod's owner by the kubelet, by TLS and with a token", async (t) => {
    const trusted = authority();
    if (trusted === undefined) return t.skip("openssl is not installed");
    const kubelet = await serve(
      t,
      (request, response) => {
        const known = request.url === "/pods" && request.headers.authorization === "Bearer a-token";
        response.writeHead(known ? 200 : 401).end(JSON.stringify({ kind: "PodList", items: [pod()] }));
      },
      trusted.issue("IP:127.0.0.1"),
    );
    const host = madeHost(t);
    host.write(task, spec({ annotations: containerdAnnotations }));
    const token = inFile(t, "token", "a-token\n");
    const words = ["--kubelet", kubelet.origin, "--certificate-authority", inFile(t, "ca.pem", trusted.ca)];
    const known = await containers(host, ...words, "--token-file", token);
    assert.equal(known.code, 0);
    assert.match(known.stdout, /^ {2}pod {4}shop\/api-7f9c4-x2x9z of Deployment api, 10\.0\.0\.7$/m);
    const refused = await containers(host, ...words);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /^cluster\.unauthorized: kubelet /);
    assert.match(refused.stdout, /^ {2}pod {4}shop\/api-7f9c4-x2x9z$/m);
  });

  test("shows no text as anything but text", async (t) => {
    const host = madeHost(t);
    const name = "\u001b[31m\u202egnp::error::x\n::warning::y";
    const mount = { Source: "/a\u0007", Destination: "/b\u001b]0;x", RW: true };
    host.write(`var/lib/docker/containers/${id}/config.v2.json`, {
      ...dockerConfig,
      Name: name,
      MountPoints: { b: mount },
    });
    const text = await containers(host);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
    assert.doesNotMatch(text.stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    assert.doesNotMatch(text.stdout, /^::/m);
    assert.equal(text.stdout.split("\n").length, 5);
    const json = await containers(host, "--format", "json");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
    assert.doesNotMatch(JSON.parse(json.stdout)[0].details.name, /[\u0000-\u001f\u202e]/);
  });

  test("refuses options that mean nothing together", async (t) => {
    const host = madeHost(t);
    for (const words of [
      ["--token-file", "t"],
      ["--kubelet", "https://127.0.0.1:1", "--node", "n"],
      ["--kubelet", "http://node-1:10255"],
      ["--format", "xml"],
    ]) {
      const { code, stdout } = await containers(host, ...words);
      assert.deepEqual([code, stdout], [2, ""], words.join(" "));
    }
  });
});
