/** Options of `registry serve` and `work`, read. */
import { readFileSync } from "node:fs";
import { readClock } from "../../core/clock.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import type { RegistrySettings } from "../../guards/registry/serve/settings.ts";
import type { StorePlace } from "../../store/open.ts";
import { defaultCache, defaultDatabase, defaultRoots } from "../paths.ts";

export interface StoreOptions {
  readonly databaseUrlFile?: string;
  readonly data?: string;
}

export interface StandingOptions extends StoreOptions {
  readonly policy: string;
  readonly environment?: string;
  readonly url: string;
  readonly engine: string;
  readonly engineCa?: string;
  readonly engineService: string;
  readonly engineIssuer: string;
  readonly engineWithoutTokens: boolean;
  readonly keys: string;
  readonly db?: string;
  readonly cache?: string;
  readonly parallel?: string;
}

/** @throws Problem (usage) where the options say too little, or what makes no sense */
export function settingsOf(options: StandingOptions): RegistrySettings {
  const { policy, environment, engineCa, engineIssuer: issuer, engineService: service, parallel } = options;
  return {
    policy,
    ...(environment === undefined ? {} : { environment }),
    root: process.cwd(),
    roots: defaultRoots(),
    url: urlOf(options.url, "--url"),
    engine: {
      url: urlOf(options.engine, "--engine"),
      ...(engineCa === undefined ? {} : { caFile: engineCa }),
      ...(options.engineWithoutTokens ? {} : { trust: { issuer, service } }),
    },
    keys: options.keys,
    store: storePlace(options),
    advisories: options.db ?? defaultDatabase(),
    cache: options.cache ?? defaultCache(),
    ...(parallel === undefined ? {} : { parallel: countOf(parallel, "--parallel", 64) }),
    now: () => readClock(),
  };
}

/** A URL with a password belongs into no argument: every process of the machine reads those. */
export function storePlace({ databaseUrlFile, data }: StoreOptions): StorePlace {
  if (databaseUrlFile !== undefined && data !== undefined) {
    throw usageProblem("--data", "--database-url-file names a database already", "leave one of them out");
  }
  if (databaseUrlFile !== undefined) return { url: readFirstLine(databaseUrlFile, "--database-url-file") };
  if (data !== undefined) return { folder: data };
  throw usageProblem("registry", "no database", "use --database-url-file FILE, or --data DIR to try it");
}

/** @throws Problem (usage) */
function readFirstLine(path: string, option: string): string {
  try {
    const [line = ""] = readFileSync(path, "utf8").split("\n");
    if (line.trim() !== "") return line.trim();
  } catch (error) {
    throw new Problem({ kind: "usage", code: "cli.usage", place: `${option} ${path}`, cause: systemCause(error) });
  }
  throw usageProblem(`${option} ${path}`, "its first line is empty");
}

/** An origin: nothing stands behind the host. @throws Problem (usage) */
export function urlOf(written: string, option: string): URL {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const example = option === "--engine" ? "https://engine:5000" : "https://registry.example.com";
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usageProblem(`${option} ${written}`, "not a URL", example);
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") {
    throw usageProblem(option, "a URL with more than scheme, host and port", example);
  }
  return url;
}

/** @throws Problem (usage) */
export function countOf(written: string, option: string, most: number): number {
  const count = /^\d{1,6}$/.test(written) ? Number(written) : Number.NaN;
  if (count >= 1 && count <= most) return count;
  throw usageProblem(`${option} ${written}`, "not a number", `1 to ${most}`);
}
