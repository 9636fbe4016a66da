/**
 * What is stored beside what the engine holds, after everything was killed again and again. It shares nothing with the guard: the
 * catalogue is read by the distribution specification, the store by its tables, and the linter holds it to that.
 */
import { createHash } from "node:crypto";

export interface Judged {
  /** Tags of the catalogue. */
  readonly tags: number;
  /** What is not as it should be, one sentence each. */
  readonly faults: readonly string[];
}

export interface Acknowledged {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  /** Of the image's one package. */
  readonly isVulnerable: boolean;
}

interface ManifestDocument {
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
}

/**
 * @param engine - its origin, asked without credentials
 * @param psql - runs a statement on the store's database: a line a row, columns parted by `|`
 * @param acknowledged - pushes that were answered with 201
 */
export async function judge(
  engine: string,
  psql: (statement: string) => Promise<string>,
  acknowledged: readonly Acknowledged[],
): Promise<Judged> {
  const faults: string[] = [];
  const rows = async (statement: string) =>
    (await psql(statement)).split("\n").flatMap((line) => (line === "" ? [] : [line.split("|")]));
  const verdicts = new Map(
    (
      await rows(`select image.repository, image.digest, evaluation.verdict from image
        join scan on scan.image_id = image.id join evaluation on evaluation.image_id = image.id
        where image.is_there and evaluation.check_id = 'image/known-vulnerabilities'`)
    ).map(([repository, digest, verdict]) => [`${repository}@${digest}`, verdict]),
  );
  const tagged = new Map(
    (
      await rows(
        "select tag.repository, tag.name, image.digest from tag join image on image.id = tag.image_id where image.is_there",
      )
    ).map(([repository, name, digest]) => [`${repository}:${name}`, digest]),
  );
  const blobs = new Set(
    (
      await rows(`select image.repository, image.digest, reference.digest from reference
        join image on image.id = reference.image_id where reference.kind = 'blob'`)
    ).map((row) => row.join(" ")),
  );
  const known = new Map(acknowledged.map((push) => [`${push.repository}:${push.tag}`, push]));
  let tags = 0;
  for (const repository of await listed(`${engine}/v2/_catalog`, "repositories")) {
    for (const tag of await listed(`${engine}/v2/${repository}/tags/list`, "tags")) {
      tags += 1;
      const name = `${repository}:${tag}`;
      const { digest, document } = await manifest(engine, repository, tag);
      const push = known.get(name);
      known.delete(name);
      if (push !== undefined && push.digest !== digest)
        faults.push(`${name} is ${digest}, and ${push.digest} was acknowledged`);
      if (tagged.get(name) !== digest)
        faults.push(`${name} is ${digest}, and stored as ${tagged.get(name) ?? "nothing"}`);
      const verdict = verdicts.get(`${repository}@${digest}`);
      // One that was never acknowledged is in the engine all the same, and must be judged as well.
      const expected = push === undefined ? ["pass", "fail"] : [push.isVulnerable ? "fail" : "pass"];
      if (verdict === undefined) faults.push(`${name} is not scanned`);
      else if (!expected.includes(verdict)) faults.push(`${name} is judged ${verdict}, not ${expected.join(" or ")}`);
      for (const blob of [document.config, ...(document.layers ?? [])]) {
        if (blob !== undefined && !blobs.has(`${repository} ${digest} ${blob.digest}`)) {
          faults.push(`${name}: ${blob.digest} is not stored as a blob of it`);
        }
      }
      tagged.delete(name);
    }
  }
  for (const name of known.keys()) faults.push(`${name} was acknowledged and is not in the catalogue`);
  for (const name of tagged.keys()) faults.push(`${name} is stored and not in the catalogue`);
  const unfinished = await rows("select kind, key, coalesce(reason, '') from job");
  for (const [kind, key, reason] of unfinished) faults.push(`a job is left: ${kind} ${key} ${reason}`);
  return { tags, faults };
}

async function listed(first: string, field: string): Promise<string[]> {
  const all: string[] = [];
  for (let url: string | undefined = first; url !== undefined; ) {
    const answer: Response = await fetch(url);
    if (answer.status === 404) return all;
    if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
    const page = (await answer.json()) as Readonly<Record<string, readonly string[] | null>>;
    all.push(...(page[field] ?? []));
    const next: string | undefined = /<([^>]+)>; *rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    url = next === undefined ? undefined : new URL(next, url).href;
  }
  return all;
}

async function manifest(
  engine: string,
  repository: string,
  tag: string,
): Promise<{ readonly digest: string; readonly document: ManifestDocument }> {
  const headers = { accept: "application/vnd.oci.image.manifest.v1+json" };
  const answer = await fetch(`${engine}/v2/${repository}/manifests/${tag}`, { headers });
  if (answer.status !== 200) throw new Error(`${repository}:${tag}: ${answer.status}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { digest, document: JSON.parse(bytes.toString()) as ManifestDocument };
}
