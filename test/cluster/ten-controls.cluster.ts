/**
 * The ten controls over a shop's directory and its cluster together: of the hardened one all pass, of the insecure one all
 * fail, each with the fix that comes next. What is real of it and what is played stands in shop-cluster.ts.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { AssetContext } from "../../src/core/context.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import type { ControlResult } from "../../src/core/report.ts";
import { valueAt } from "../../src/core/untyped.ts";
import { withoutCosign } from "../trust/cosign.ts";
import { clusterMissing } from "./api-server.ts";
import { nodesMissing } from "./nodes.ts";
import { type ShopCluster, startShopCluster } from "./shop-cluster.ts";

interface Report {
  readonly controls: readonly ControlResult[];
  readonly contexts: readonly AssetContext[];
  readonly evaluations: readonly (Evaluation & {
    readonly findings: readonly { readonly context: Readonly<Record<string, string>> }[];
  })[];
}

const skip = clusterMissing || nodesMissing || withoutCosign;

for (const version of ["hardened", "insecure"] as const) {
  describe(`the ten controls of the ${version} shop and its cluster`, { skip }, () => {
    let shop: ShopCluster;
    let report: Report;
    let table: string;

    before(async () => {
      shop = await startShopCluster(version);
      const formats = ["--format", "json=report.json", "--format", "table", "--quiet"];
      const { code, stdout, stderr } = await shop.run("check", ...shop.words, ...formats);
      assert.equal(code, 1, stderr);
      table = stdout;
      report = JSON.parse(shop.read("report.json")) as Report;
    });
    after(() => shop?.stop());

    /** The rows of the shop's workloads in the cluster. */
    const rowOf = (name: string) => {
      const found = report.contexts.find(({ asset }) => asset.id.endsWith(`//Deployment/shop/${name}`));
      assert.ok(found !== undefined, name);
      const { exposed, reachable, runs, signed } = found;
      return [exposed, reachable, runs, signed].map(({ answer }) => answer).join(" ");
    };

    if (version === "hardened") {
      it("all pass, each over everything that it is about", () => {
        assert.deepEqual(
          report.controls.filter(({ verdict }) => verdict !== "pass").map(({ number, reason }) => [number, reason]),
          [],
        );
        for (const { number, coverage, nextFix } of report.controls) {
          assert.ok(coverage.total > 0 && coverage.assessed === coverage.total, `${number}`);
          assert.equal(nextFix, undefined);
        }
      });

      it("enforcement and detection pass by what was refused and what was alerted", () => {
        const passed = new Set(
          report.evaluations.filter(({ verdict }) => verdict === "pass").map(({ check }) => check),
        );
        for (const check of [
          "build/non-blocking-scan",
          "cluster/encryption-at-rest",
          "cluster/encryption-not-configured",
          "cluster/runtime-detection",
          "cluster/unverified-image-admitted",
          "network/default-deny-missing",
          "network/mtls-not-strict",
          "registry/missing-attestation",
          "registry/unsigned-image",
        ]) {
          assert.ok(passed.has(check), check);
        }
        const tried = report.evaluations.filter(({ check }) => check === "cluster/unverified-image-admitted");
        assert.deepEqual(tried.map(({ asset }) => asset.name).sort(), ["bulkhead", "default", "shop"]);
      });

      it("its rows tell what runs, who reaches it, and that it is signed", () => {
        assert.equal(rowOf("api"), "no yes yes yes");
        assert.equal(rowOf("worker"), "no no yes yes");
        // Who is behind the namespace of the gateway, which is not there, nobody knows.
        assert.match(rowOf("web"), /^unknown \w+ yes yes$/);
      });
    } else {
      it("all fail, each with the fix that comes next", () => {
        assert.deepEqual(
          report.controls.filter(({ verdict }) => verdict !== "fail").map(({ number, reason }) => [number, reason]),
          [],
        );
        for (const { number, nextFix, worst } of report.controls) {
          assert.match(nextFix ?? "", /: resolves \d+ findings? above the threshold$/, `${number}`);
          assert.ok(worst.length > 0);
        }
      });

      it("its rows tell that what is flawed is exposed and unsigned", () => {
        for (const name of ["web", "api", "worker"]) assert.equal(rowOf(name), "yes yes yes no");
        const scanned = report.evaluations.filter(
          ({ check, asset }) => check === "image/known-vulnerabilities" && asset.name.includes("/shop/"),
        );
        const rows = new Set(
          scanned.flatMap(({ findings }) => findings.map((finding) => JSON.stringify(valueAt(finding, ["context"])))),
        );
        assert.deepEqual(
          [...rows].map((row) => JSON.parse(row)),
          [{ exposed: "yes", reachable: "yes", runs: "yes", loaded: "unknown", signed: "no" }],
        );
      });
    }

    it("two screens say so", () => {
      const lines = table.trimEnd().split("\n");
      assert.ok(lines.length <= 60, `${lines.length} lines`);
      const said = version === "hardened" ? /10 controls pass/ : /10 controls fail/;
      assert.match(lines.at(-1) ?? "", said);
    });
  });
}
