import type { Package, PackageType } from "../model.ts";
import { runtimes } from "./runtimes.ts";
import { servers } from "./servers.ts";
import type { Product } from "./table.ts";

/** A product of the table, and the version of it that a package is. */
export interface Program {
  readonly product: Product;
  /** Upstream's. */
  readonly version: string;
}

/**
 * The product that a package is, where its own project, not a distribution, is who fixes it: a program recognised by
 * its version text that no package manager owns, a framework, Go's standard library in a program, or a package that a
 * vendor's own repository brought. Undefined for all others.
 */
export function productOf(item: Package): Program | undefined {
  if (item.version === "") return undefined;
  if (item.type === "deb" || item.type === "rpm") return vendored(item);
  // What a distribution's package brought is the distribution's to fix.
  if (item.ownedBy !== undefined) return undefined;
  const named = BY_NAME[item.type]?.[item.name.toLowerCase()];
  if (named !== undefined) return { product: named, version: upstream(named, item.version) };
  // The runtime itself, framework packs, and the pack of a self-contained application.
  if (item.type === "nuget" && /^microsoft\.(?:netcore|aspnetcore)\.app(?:$|\.runtime\.)/i.test(item.name)) {
    return { product: runtimes.dotnet, version: item.version };
  }
  return undefined;
}

/** Lower-case names. */
const BY_NAME: { readonly [Type in PackageType]?: Readonly<Record<string, Product>> } = {
  generic: {
    node: runtimes.node,
    python: runtimes.python,
    java: runtimes.java,
    php: runtimes.php,
    ruby: runtimes.ruby,
    go: runtimes.go,
    golang: runtimes.go,
    nginx: servers.nginx,
    redis: servers.redis,
    valkey: servers.valkey,
    postgresql: servers.postgresql,
    mariadb: servers.mariadb,
    openssl: servers.openssl,
    haproxy: servers.haproxy,
  },
  golang: { stdlib: runtimes.go, "k8s.io/kubernetes": servers.kubernetes },
  pypi: { django: runtimes.django },
  gem: { rails: runtimes.rails },
  npm: { "@angular/core": runtimes.angular },
  maven: { "org.springframework.boot:spring-boot": runtimes.springBoot },
};

/** `1.8.0_392` is Java 8 (JEP 223); Go's modules write `v` before the version. */
function upstream(product: Product, version: string): string {
  if (product === runtimes.java) return version.startsWith("1.") ? version.slice(2) : version;
  return version.startsWith("v") ? version.slice(1) : version;
}

interface VendorRule {
  readonly product: Product;
  readonly names: RegExp;
  /** Of the version or release: what the vendor's own builds have in it. */
  readonly mark: RegExp;
}

/** Packages of the projects' own repositories for distributions; the distributions' packages lack the mark. */
const VENDORED: readonly VendorRule[] = [
  { product: runtimes.node, names: /^nodejs$/, mark: /nodesource/ },
  {
    product: runtimes.php,
    names: /^php\d?(?:\.\d)?-(?:cli|fpm|common)$/,
    mark: /\+deb\.sury\.org|\+debian\d+~1\.gbp/,
  },
  { product: runtimes.php, names: /^php(?:\d\d-php)?-(?:cli|fpm|common)$/, mark: /\.remi(?:$|\.)/ },
  { product: runtimes.java, names: /^(?:temurin|adoptopenjdk)-\d{1,2}-(?:jdk|jre|hotspot)$/, mark: /^/ },
  { product: runtimes.dotnet, names: /^(?:dotnet|aspnetcore)-runtime-\d{1,2}\.\d$/, mark: /-1$/ },
  { product: servers.postgresql, names: /^postgresql-?\d{1,2}(?:-server)?$/, mark: /\.pgdg|PGDG/ },
  {
    product: servers.mariadb,
    names: /^(?:mariadb-server(?:-core)?|MariaDB-server)(?:-\d{1,2}\.\d{1,2})?$/,
    mark: /\+maria|^(?:0:)?\d+\.\d+\.\d+-1\.el\d/,
  },
  { product: servers.nginx, names: /^nginx$/, mark: /^\d+\.\d+\.\d+-\d+~[a-z]+$|\.ngx$/ },
];

function vendored({ name, version }: Package): Program | undefined {
  const rule = VENDORED.find(({ names, mark }) => names.test(name) && mark.test(version));
  if (rule === undefined) return undefined;
  const colon = version.indexOf(":");
  return { product: rule.product, version: upstream(rule.product, colon < 0 ? version : version.slice(colon + 1)) };
}
