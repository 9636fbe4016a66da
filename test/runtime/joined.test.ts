/** One finding from end to end: workload, image, the package's line of the Dockerfile, and who ran `kubectl exec`. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { debian13, dpkgStatus } from "../../src/collect/image/image-files.fixture.ts";
import { fixtureImage, tarOf, writeLayout } from "../../src/engines/oci/image.fixture.ts";
import { inProcess } from "../in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-joined-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const list = { name: "var/lib/dpkg/info/netcat.list", content: "/.\n/usr/bin\n/usr/bin/nc\n" };
const image = fixtureImage([
  { createdBy: "FROM base", tar: tarOf([debian13, dpkgStatus({ libc6: "2.41" })]) },
  {
    createdBy: "RUN /bin/sh -c apt-get install netcat # buildkit",
    tar: tarOf([
      dpkgStatus({ libc6: "2.41", netcat: "1.2-3" }),
      list,
      { name: "usr/bin/nc", content: "x", mode: 0o755 },
    ]),
  },
  { createdBy: "COPY server.js / # buildkit", tar: tarOf([{ name: "server.js", content: "x" }]) },
]);

const lines = (objects: readonly object[]) => objects.map((one) => `${JSON.stringify(one)}\n`).join("");
const pod = { namespace: "shop", name: "api-7f9c", uid: "u-1", owner: { kind: "Deployment", name: "api" } };

before(() => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  writeLayout(join(folder, "api"), { "shop/api:2": image });
  write("Dockerfile", "FROM base\n\nRUN apt-get install netcat\nCOPY server.js /\n");
  write(
    "rules.yaml",
    "- rule: Program\n  desc: d\n  condition: evt.type = execve and proc.name in (nc, tool)\n  output: program (cmd=%proc.cmdline)\n  priority: ERROR\n",
  );
  write(
    "calls.jsonl",
    lines([
      {
        container: {
          id: "abc123",
          runtime: "containerd",
          name: "api",
          image: "shop/api:2",
          imageId: image.config,
          pod,
        },
      },
      { process: { pid: 10, path: "/usr/bin/containerd-shim" } },
      { process: { pid: 11, parent: 10, vpid: 1, path: "/usr/bin/node", container: "abc123" } },
      { process: { pid: 20, parent: 10, vpid: 20, path: "/usr/bin/runc", args: ["init"], container: "abc123" } },
      {
        ...{ event: "execve", pid: 20, time: "2026-03-01T12:00:01Z" },
        args: { exe: "nc", args: ["-l"], trusted_exepath: "/usr/bin/nc" },
      },
      { event: "execve", pid: 11, time: "+1s", args: { exe: "tool", args: [], trusted_exepath: "/tmp/tool" } },
    ]),
  );
  write(
    "audit.log",
    lines([
      {
        ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", auditID: "a-1", stage: "ResponseStarted", verb: "get" },
        user: { username: "alice@example.com" },
        requestURI: "/api/v1/namespaces/shop/pods/api-7f9c/exec?command=nc&command=-l&container=api",
        objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "api-7f9c" },
        responseStatus: { code: 101 },
        requestReceivedTimestamp: "2026-03-01T12:00:00.500000Z",
        stageTimestamp: "2026-03-01T12:00:00.600000Z",
      },
    ]),
  );
});

interface Finding {
  readonly evidence: Readonly<Record<string, string>>;
  readonly locations: readonly { readonly kind: string; readonly layer?: { readonly dockerfile?: object } }[];
}

const replay = (...words: readonly string[]) =>
  inProcess(["runtime", "replay", "calls.jsonl", "--rules", "rules.yaml", ...words], { cwd: folder, home: folder });

test("a finding names workload, image, the Dockerfile's line of the package, and the Kubernetes user", async () => {
  const joined = ["--audit", "audit.log", "--image", "oci:api", "--dockerfile", "Dockerfile"];
  const { stdout, stderr } = await replay(...joined, "--format", "json");
  assert.notEqual(stdout, "", stderr);
  const { evaluations } = JSON.parse(stdout) as { evaluations: { asset: { name: string }; findings: Finding[] }[] };
  const own = evaluations
    .filter(({ asset }) => asset.name === "shop/Deployment/api")
    .flatMap(({ findings }) => findings);
  const netcat = own.find(({ evidence }) => evidence.command?.startsWith("nc"));
  assert.equal(netcat?.evidence["kubernetes user"], "alice@example.com (pods/exec)");
  assert.equal(netcat?.evidence.program, `/usr/bin/nc of netcat 1.2-3, layer 2/3, Dockerfile:3 (${image.config})`);
  assert.deepEqual(
    netcat?.locations.map(({ kind, layer }) => [kind, layer?.dockerfile]),
    [
      ["object", undefined],
      ["image", { path: "Dockerfile", line: 3 }],
    ],
  );
  const tool = own.find(({ evidence }) => evidence.command?.startsWith("tool"));
  assert.equal(tool?.evidence.program, `/tmp/tool is not in the image (${image.config})`);
  assert.match((await replay(...joined)).stdout, /program: \/usr\/bin\/nc of netcat 1\.2-3, layer 2\/3, Dockerfile:3/);
});

test("without the image nothing is told of it; a Dockerfile alone is refused", async () => {
  const { stdout } = await replay("--format", "alerts");
  assert.ok(stdout.includes('"Program"') && !stdout.includes('"program"'));
  assert.equal((await replay("--dockerfile", "Dockerfile")).code, 2);
});
