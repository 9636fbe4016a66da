/**
 * What a pod waits for at admission: AdmissionReviews of 20 KB over TLS, beside the least that a webhook can be, in the same
 * run. The webhook has one core, the load generator another.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CountingRegistry,
  countingRegistry,
  releaseImage,
  signer,
} from "../src/guards/admission/images/guarded.fixture.ts";
import { type LoadReport, UID_PLACE } from "../test/admission/load/plan.ts";
import { load, makeCertificate, memoryOf, startBareResponder } from "../test/admission/load/run.ts";
import { created, goodContainer, goodPod, largePod, withSpec } from "../test/admission/reviews.ts";
import { type ServedProcess, serve } from "../test/admission/served.ts";
import { type Bench, ratios, row } from "./bench.ts";

const NAME = "bulkhead-admission.bulkhead.svc";
const RATE = 500;
const IMAGES = 5;
const PODS = 100;

const LIMITS = {
  /** Of the bare responder's. */
  steady: 3,
  /** Milliseconds of 1,000 requests: 1,500 a second. */
  saturated: 1000 / 1.5,
  /** Of the bare responder's requests a second, the other way about: 0.4. */
  share: 1 / 0.4,
  memory: 200e6,
};

export const admission: Bench = {
  about: "20 KB pods over TLS through the admission webhook, beside a bare responder, on one core each",
  needs: [],
  async run({ note, short }) {
    const [rounds, seconds] = short ? [1, 3] : [5, 20];
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-bench-"));
    const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
    try {
      const registry = await countingRegistry({ after: (end: () => unknown) => ends.push(end) } as never);
      const certificate = makeCertificate(folder, NAME);
      const words = prepare(folder, registry, certificate);
      const bodies = bodiesOf(registry);
      const authority = readFileSync(certificate.certificate, "utf8");
      const plan = { path: "/validate?timeout=10s", authority, serverName: NAME, bodies, patience: 10_000 };
      note("100 pods of 5 images each, for the first time");
      const cold = await coldRun(folder, words, registry, plan);
      const bare = await startBareResponder(certificate, 0);
      const guard = await serve({ folder, words, core: 0 });
      ends.push(() => bare.stop());
      ends.push(() => guard.stop());
      await guard.ready();
      const measure = async (port: number, rate?: number, time = seconds) => {
        const report = await load(
          folder,
          { ...plan, port, connections: 32, seconds: time, ...(rate === undefined ? {} : { rate }) },
          1,
        );
        return asWanted(report);
      };
      const steady = { guard: [] as LoadReport[], bare: [] as LoadReport[] };
      const full = { guard: [] as LoadReport[], bare: [] as LoadReport[] };
      note("warms up");
      await measure(guard.port, undefined, short ? 3 : 15);
      await measure(bare.port, undefined, 3);
      for (let round = 0; round < rounds; round++) {
        note(`round ${round + 1} of ${rounds}`);
        steady.bare.push(await measure(bare.port, RATE));
        steady.guard.push(await measure(guard.port, RATE));
        full.bare.push(await measure(bare.port));
        full.guard.push(await measure(guard.port));
      }
      const p99 = (reports: readonly LoadReport[]) => reports.map(({ latency }) => latency.p99);
      const thousand = (reports: readonly LoadReport[]) => reports.map(({ perSecond }) => 1e6 / perSecond);
      const [own, least] = [thousand(full.guard), thousand(full.bare)];
      const share = ratios(own, least);
      const either = own.map((value, at) =>
        Math.min(value / LIMITS.saturated, (share[at] ?? Number.NaN) / LIMITS.share),
      );
      return {
        inputs: [
          `${bodies.length} reviews of ${Math.round(bodies[0]?.length ?? 0)} bytes, each with 3 signed images, all workload checks and a trust policy`,
          `steady at ${RATE} a second, ${Math.max(...steady.guard.map(({ ownShare }) => ownShare)).toFixed(2)} of the generator's core; saturated by 32 connections, ${Math.max(...full.guard.map(({ ownShare }) => ownShare)).toFixed(2)}`,
          `saturated: ${perSecond(full.guard)} reviews a second, the bare responder ${perSecond(full.bare)}`,
          `cold: ${PODS} pods of ${IMAGES} images, ${cold.lookUps} look-ups of signatures, slowest answer ${cold.most.toFixed(0)} ms`,
          "Kyverno 1.18.1 publishes a p99 of 1,247 ms with one replica at 500 virtual users and 16 policies, 443 ms with none: end to end, on other hardware",
        ],
        rounds,
        rows: [
          row(`steady ${RATE}/s, p99`, "ms", p99(steady.guard)),
          row(`steady ${RATE}/s, p99, bare responder`, "ms", p99(steady.bare)),
          row("steady, p99 / bare responder", "ratio", ratios(p99(steady.guard), p99(steady.bare)), LIMITS.steady),
          row("1,000 reviews, saturated", "ms", own),
          row("1,000 reviews, saturated, bare responder", "ms", least),
          row("saturated, of 1,500/s and 0.4 of the bare responder the nearer", "ratio", either, 1),
          row("memory at most", "bytes", [memoryOf(guard.pid).most], LIMITS.memory),
          row("cold, look-ups / digests", "ratio", [cold.lookUps / IMAGES], 1),
        ],
      };
    } finally {
      for (const end of ends.toReversed()) await end();
    }
  },
};

const perSecond = (reports: readonly LoadReport[]) =>
  Math.round(reports.reduce((sum, each) => sum + each.perSecond, 0) / reports.length);

/** Every answer is that the pod is admitted: another one measures something else. */
function asWanted(report: LoadReport): LoadReport {
  const { failures, refused, allowed } = report;
  if (refused > 0 || allowed === 0 || Object.keys(failures).length > 0) {
    throw new Error(`not all were admitted: ${JSON.stringify({ allowed, refused, failures })}`);
  }
  return report;
}

function prepare(
  folder: string,
  { host }: CountingRegistry,
  { certificate, key }: { readonly certificate: string; readonly key: string },
): readonly string[] {
  const policy = {
    apiVersion: "bulkhead/v1",
    // Neither a database nor a scan: the answer must not change with the day.
    enforcement: {
      admission: { default: "deny", checks: { "image/*": "audit", "registry/image-not-scanned": "audit" } },
    },
    trust: {
      signers: { release: { key: "release.pub" } },
      images: [{ match: `${host}/**`, signedBy: { of: ["release"], atLeast: 1 } }],
    },
  };
  writeFileSync(join(folder, "bulkhead.yaml"), JSON.stringify(policy));
  writeFileSync(join(folder, "release.pub"), signer.pem);
  const given = ["--policy", "bulkhead.yaml", "--certificate", certificate, "--key", key];
  return [...given, "--no-cluster", "--no-log", "--plain-http", "--drain", "0"];
}

/** Several pods, so that no one answer is all that is remembered. */
function bodiesOf(registry: CountingRegistry): string[] {
  const images = Array.from({ length: 12 }, (_, at) => {
    releaseImage(registry, `warm-${at}`, `warm-${at}`);
    return `${registry.name}:warm-${at}`;
  });
  return Array.from({ length: 50 }, (_, at) => {
    const own = [0, 1, 2].map((index) => images[(at + index * 5) % images.length] as string);
    return JSON.stringify(created(largePod(own, `pod-${at}`), { uid: UID_PLACE }));
  });
}

async function coldRun(
  folder: string,
  words: readonly string[],
  registry: CountingRegistry,
  plan: Omit<Parameters<typeof load>[1], "port" | "connections" | "seconds">,
): Promise<{ readonly lookUps: number; readonly most: number }> {
  const images = Array.from({ length: IMAGES }, (_, at) => {
    releaseImage(registry, `cold-${at}`, `cold-${at}`);
    return `${registry.name}:cold-${at}`;
  });
  const containers = images.map((image, at) => goodContainer(image, `c${at}`));
  const bodies = Array.from({ length: PODS }, (_, at) =>
    JSON.stringify(created(withSpec(goodPod("", `cold-${at}`), { containers }), { uid: UID_PLACE })),
  );
  const guard: ServedProcess = await serve({ folder, words, core: 0 });
  try {
    await guard.ready();
    const before = registry.asked.length;
    // All within a tenth of a second.
    const report = await load(
      folder,
      { ...plan, port: guard.port, bodies, connections: PODS, seconds: 0.1, rate: PODS * 10 },
      1,
    );
    asWanted(report);
    const asked = registry.asked.slice(before).filter((each) => each.endsWith(".sig"));
    return { lookUps: asked.length, most: report.latency.most };
  } finally {
    await guard.stop();
  }
}
