/** Pending updates of a root file system with apk's packages. */

import type { Gap } from "../../../core/evidence.ts";
import { Problem } from "../../../core/problem.ts";
import type { Distribution, Package } from "../../contents/model.ts";
import { parseApk } from "../../vulnerability/versions/apk.ts";
import { bounds } from "../bounds.ts";
import { fetchSigned, type SuiteSource, shownUrl } from "../fetch.ts";
import { apkKeysFor, type KeyFiles } from "../keys.ts";
import { createDeadline, gapFrom, installedOf, type LookupAnswer, type LookupRequest } from "../lookup.ts";
import type { PendingUpdate, SuiteUse, Trust } from "../model.ts";
import { type ApkOffer, addApkOffers, newestOf, openIndex } from "./index.ts";
import { readRepositories, repositoryName } from "./repositories.ts";

export async function alpineUpdates(request: LookupRequest): Promise<LookupAnswer> {
  const { inventory, sources, keys, from } = request;
  const packages = installedOf(inventory, "apk");
  const gaps: Gap[] = [];
  const urls = [...new Set(sources.flatMap(({ text }) => readRepositories(text)))];
  if (urls.length === 0) gaps.push(noRepositories);
  if (urls.length > bounds.suites) {
    gaps.push({ code: "updates.too-many", reason: `pending updates: more than ${bounds.suites} repositories` });
  }
  const architecture = architectureOf(packages);
  const wanted: ReadonlySet<string> = new Set(packages.map(({ name }) => name));
  const offers = new Map<string, { readonly offer: ApkOffer; readonly suite: number }[]>();
  const suites: SuiteUse[] = [];
  const inTime = createDeadline();
  for (const url of urls.slice(0, bounds.suites)) {
    try {
      inTime(url.slice(0, 300));
      const repository = await openRepository(url, architecture, keys, from);
      const { unread, newest } = addApkOffers(offers, repository.index, suites.length, wanted);
      if (unread > 0) gaps.push({ code: "updates.index", reason: `${unread} entries of ${url} could not be read` });
      if (repository.stale !== undefined) gaps.push({ ...gapFrom(repository.stale), code: "updates.stale-copy" });
      suites.push({ ...repository.use, date: new Date(newest * 1000).toISOString() });
    } catch (error) {
      gaps.push(gapFrom(error));
    }
  }
  gaps.push(...uncovered(inventory.distribution, suites));
  const updates: PendingUpdate[] = [];
  let incomparable = 0;
  for (const each of packages) {
    const installed = parseApk(each.version);
    if (installed === undefined) incomparable += 1;
    const best = installed === undefined ? undefined : newestOf(installed, offers.get(each.name) ?? []);
    if (best === undefined) continue;
    const suite = suites[best.suite] as SuiteUse;
    updates.push({
      package: each,
      available: best.offer.version,
      availableSource: best.offer.version,
      suite: suite.name,
      securitySuite: false,
      mixed: true,
      since:
        best.offer.built === undefined
          ? { at: suite.date, by: "release" }
          : { at: new Date(best.offer.built * 1000).toISOString(), by: "built" },
      fixes: [],
    });
  }
  if (incomparable > 0) {
    gaps.push({ code: "updates.version", reason: `${incomparable} installed versions cannot be compared` });
  }
  return { updates: { packages: packages.length, suites, updates }, gaps };
}

interface OpenRepository {
  readonly index: Buffer;
  readonly use: Omit<SuiteUse, "date">;
  readonly stale?: Problem;
}

async function openRepository(
  text: string,
  architecture: string,
  keys: KeyFiles,
  from: SuiteSource,
): Promise<OpenRepository> {
  const base = URL.canParse(text) ? new URL(text) : undefined;
  if (base === undefined || (base.protocol !== "http:" && base.protocol !== "https:")) {
    throw refused(text.slice(0, 300), "updates.no-http", "not a URL of HTTP, and not read");
  }
  const url = new URL(`${base.href.replace(/\/$/, "")}/${architecture}/APKINDEX.tar.gz`);
  const fetched = await fetchSigned(url, from, bounds.suiteIndexBytes);
  const opened = opening(fetched.copy.bytes, keys, shownUrl(url));
  if (fetched.isNew) from.cache?.storeSigned(url.href, fetched.copy);
  return {
    index: opened.index,
    use: {
      name: repositoryName(base),
      place: shownUrl(url),
      checkedAt: fetched.copy.checkedAt,
      signedBy: opened.key,
      trust: opened.trust,
      security: false,
    },
    ...(fetched.stale === undefined ? {} : { stale: fetched.stale }),
  };
}

function opening(bytes: Buffer, keys: KeyFiles, place: string): { index: Buffer; key: string; trust: Trust } {
  let fault: string | undefined;
  for (const { trust, keys: own } of apkKeysFor(keys)) {
    if (own.length === 0) continue;
    const opened = openIndex(bytes, own);
    if (!("fault" in opened)) return { index: opened.index, key: opened.key.name, trust };
    fault = opened.fault;
  }
  const cause = fault === undefined ? "no key to verify it with" : `it ${fault}`;
  throw refused(place, "updates.signature", cause, "name Alpine's keys with --keyring");
}

function architectureOf(packages: readonly Package[]): string {
  const names = packages.flatMap(({ architecture }) =>
    architecture === undefined || architecture === "noarch" || !/^[a-z0-9_]{1,40}$/.test(architecture)
      ? []
      : [architecture],
  );
  const counts = Map.groupBy(names, (name) => name);
  return [...counts].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))[0]?.[0] ?? "x86_64";
}

/** An image that names not the release's own main repository has nothing pending from it: that is no news. */
function uncovered(distribution: Distribution | undefined, suites: readonly SuiteUse[]): Gap[] {
  if (distribution?.id !== "alpine" || distribution.versionId === undefined) return [];
  const release = distribution.versionId.split(".").slice(0, 2).join(".");
  const names = [`v${release}/main`, "edge/main", "latest-stable/main"];
  return suites.some(({ name }) => names.includes(name))
    ? []
    : [
        {
          code: "updates.no-main-repository",
          reason: `pending updates: the main repository of Alpine ${release} was not read`,
          remedy: "name it with --repositories",
        },
      ];
}

const noRepositories: Gap = {
  code: "updates.no-sources",
  reason: "pending updates: no package repositories configured",
  remedy: "name the repositories with --repositories",
};

function refused(place: string, code: string, cause: string, remedy?: string): Problem {
  return new Problem({ kind: "input", code, place, cause, ...(remedy === undefined ? {} : { remedy }) });
}
