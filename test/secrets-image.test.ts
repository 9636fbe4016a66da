/** Secrets in images, as the program tells them. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fixtureImage, tarOf, writeLayout } from "../src/engines/oci/image.fixture.ts";
import { ruleSamples } from "../src/engines/secrets/rules/all-samples.fixture.ts";
import { inProcess } from "./in-process.ts";

const key = ruleSamples["openssh-private-key"]?.found[0] ?? "";
const token = /ghp_\w+/.exec(ruleSamples["github-personal-access-token"]?.found[0] ?? "")?.[0] ?? "";
const password = ["Xk3", "vQ9", "wLm", "2Tz", "8Rb", "5Yd", "7Hn"].join("");

const dockerfile = `FROM alpine
ARG TOKEN
COPY id_rsa /root/.ssh/id_rsa
RUN git clone https://git.example.com/shop \\
 && make -C shop
RUN rm -rf /root/.ssh
ENV SHOP_PASSWORD=$PASSWORD
`;

/** An image of that Dockerfile, in an OCI layout beside it, as the named builder writes its history. */
function site(history: "buildkit" | "classic") {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-image-secrets-"));
  const command = "git clone https://git.example.com/shop  && make -C shop";
  const steps =
    history === "buildkit"
      ? [
          ["ARG TOKEN"],
          ["COPY id_rsa /root/.ssh/id_rsa # buildkit", { name: "root/.ssh/id_rsa", content: key }],
          [`RUN |1 TOKEN=${token} /bin/sh -c ${command} # buildkit`, { name: "shop/key", content: key }],
          [`RUN |1 TOKEN=${token} /bin/sh -c rm -rf /root/.ssh # buildkit`, { name: "root/.wh..ssh" }],
          [`ENV SHOP_PASSWORD=${password}`],
        ]
      : [
          ["/bin/sh -c #(nop)  ARG TOKEN"],
          ["/bin/sh -c #(nop) COPY file:00ff in /root/.ssh/id_rsa ", { name: "root/.ssh/id_rsa", content: key }],
          [`|1 TOKEN=${token} /bin/sh -c ${command}`, { name: "shop/key", content: key }],
          [`|1 TOKEN=${token} /bin/sh -c rm -rf /root/.ssh`, { name: "root/.wh..ssh" }],
          [`/bin/sh -c #(nop)  ENV SHOP_PASSWORD=${password}`],
        ];
  const base = { tar: tarOf([{ name: "etc/os-release", content: "ID=alpine\nVERSION_ID=3.22.1\n" }]) };
  const layers = steps.flatMap(([, entry]) => (typeof entry === "object" ? [{ tar: tarOf([entry]) }] : []));
  const image = fixtureImage([base, ...layers], {
    config: {
      config: { Env: [`SHOP_PASSWORD=${password}`] },
      history: [
        { created_by: "/bin/sh -c #(nop) ADD file:0123 in / " },
        ...steps.map(([createdBy, entry]) => ({
          created_by: createdBy,
          ...(entry === undefined ? { empty_layer: true } : {}),
        })),
      ],
    },
  });
  writeLayout(join(folder, "web"), { "shop/web:1": image });
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

interface Told {
  readonly ids: readonly string[];
  readonly title: string;
  readonly locations: readonly { kind: string; path?: string; field?: string; line?: number; layer?: Layer }[];
}

interface Layer {
  readonly index: number;
  readonly instruction: string;
  readonly dockerfile?: { readonly path: string; readonly line: number };
}

async function run(folder: string, ...words: readonly string[]): Promise<{ found: Told[]; output: string }> {
  const { stdout, stderr } = await inProcess([...words, "--format", "json"], { cwd: folder, home: folder });
  assert.ok(stdout !== "", stderr);
  const { evaluations } = JSON.parse(stdout) as { evaluations: { check: string; findings: Told[] }[] };
  const own = evaluations.filter(({ check }) => check === "image/embedded-secret");
  return { found: own.flatMap(({ findings }) => findings), output: stdout };
}

describe("secrets of an image", () => {
  for (const history of ["buildkit", "classic"] as const) {
    test(`a key that a higher layer deletes is found with its layer, instruction and Dockerfile line (${history})`, async () => {
      using made = site(history);
      mkdirSync(join(made.folder, "deploy"));
      writeFileSync(join(made.folder, "deploy", "Dockerfile"), dockerfile);
      const { found, output } = await run(made.folder, "check", ".");
      const ofKey = found.find(({ ids }) => ids[0] === "openssh-private-key");
      assert.match(ofKey?.title ?? "", /deleted or changed in a later layer/);
      const [location] = ofKey?.locations ?? [];
      assert.equal(location?.path, "root/.ssh/id_rsa");
      assert.equal(location?.layer?.index, 1);
      assert.match(location?.layer?.instruction ?? "", /COPY .*root\/\.ssh\/id_rsa/);
      assert.deepEqual(location?.layer?.dockerfile, { path: "deploy/Dockerfile", line: 3 });

      const ofToken = found.find(({ ids }) => ids[0] === "github-personal-access-token");
      assert.deepEqual(ofToken?.locations, [
        { kind: "config", field: "history[3]" },
        { kind: "file", path: "deploy/Dockerfile", line: 4 },
      ]);
      const ofPassword = found.find(({ ids }) => ids[0] === "assigned-secret");
      assert.deepEqual(ofPassword?.locations, [
        { kind: "config", field: "config.Env[0]" },
        { kind: "file", path: "deploy/Dockerfile", line: 7 },
      ]);
      // Its layer's instruction has a build argument that is a secret.
      const ofOther = found.find(({ locations: [where] }) => where?.path === "shop/key");
      assert.match(ofOther?.locations[0]?.layer?.instruction ?? "", /\|1 TOKEN=ghp_…\(40\) .*git clone/);
      assert.ok(!output.includes(token) && !output.includes(password), "a secret is shown");

      const { stdout } = await inProcess(["check", ".", "--all"], { cwd: made.folder, home: made.folder });
      assert.match(stdout, /deploy\/Dockerfile:3/);
      assert.ok(!stdout.includes(token.slice(8)) && !stdout.includes(password), "a secret is shown");
    });
  }

  test("image scan takes the Dockerfile by name, and says where it is another's", async () => {
    using made = site("buildkit");
    writeFileSync(join(made.folder, "Dockerfile"), dockerfile);
    writeFileSync(join(made.folder, "Other"), dockerfile.replace("make -C", "make -B"));
    const fits = await run(
      made.folder,
      "image",
      "scan",
      "oci:web",
      "--dockerfile",
      "Other",
      "--dockerfile",
      "Dockerfile",
    );
    const [location] = fits.found.find(({ ids }) => ids[0] === "openssh-private-key")?.locations ?? [];
    assert.deepEqual(location?.layer?.dockerfile, { path: "Dockerfile", line: 3 });
    const other = await run(made.folder, "image", "scan", "oci:web", "--dockerfile", "Other");
    assert.match(other.output, /the image's history does not end as Other does/);
    const { code } = await inProcess(["image", "scan", "oci:web", "--dockerfile", "missing"], {
      cwd: made.folder,
      home: made.folder,
    });
    assert.equal(code, 2);
  });

  test("without a Dockerfile the layer and its instruction are told", async () => {
    using made = site("buildkit");
    for (const words of [
      ["image", "scan", "oci:web"],
      ["secrets", "scan", "oci:web"],
    ]) {
      const { found, output } = await run(made.folder, ...words);
      const [location] = found.find(({ ids }) => ids[0] === "openssh-private-key")?.locations ?? [];
      assert.equal(location?.layer?.instruction, "COPY id_rsa /root/.ssh/id_rsa # buildkit");
      assert.equal(location?.layer?.dockerfile, undefined);
      assert.ok(!output.includes(token), "a secret is shown");
    }
  });
});
