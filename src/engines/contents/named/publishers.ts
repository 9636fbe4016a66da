/**
 * Images whose tags are known to say what is in them: Docker's official images, and those of distributions. Held against every
 * tag that docker-library/official-images lists (`library/`, 2026-08): the tags of one image say the same.
 */
import type { BaseKind } from "../base/model.ts";
import { distributions } from "../lifecycle/distributions.ts";
import { runtimes } from "../lifecycle/runtimes.ts";
import { servers } from "../lifecycle/servers.ts";
import type { Product } from "../lifecycle/table.ts";

export interface Publisher {
  readonly kind: "distribution" | "program";
  /** Whose version the tag begins with; absent: the table of releases has nothing of it. */
  readonly product?: Product;
  /**
   * Of tags that name no variant, as `kindOf` (engines/contents/base/kind.ts) judges the contents: Ubuntu's images leave
   * documentation out, and are slim by that. Absent: it differs from release to release.
   */
  readonly whole?: BaseKind;
  /** A bare number is this distribution's release: `buildpack-deps:24.04`. */
  readonly built?: Product;
  /** Words of tags that stand for a version: `bookworm`, `iron`. */
  readonly words?: ReadonlyMap<string, string>;
}

function words(...pairs: readonly string[]): ReadonlyMap<string, string> {
  return new Map(pairs.map((pair) => pair.split(" ") as [string, string]));
}

/** Code names in tags, of whatever image is built on the release. */
export const debianNames = words(
  ...["trixie 13", "bookworm 12", "bullseye 11", "buster 10", "stretch 9", "jessie 8", "wheezy 7"],
);
export const ubuntuNames = words(
  ...[
    "stonking 26.10",
    "resolute 26.04",
    "questing 25.10",
    "plucky 25.04",
    "oracular 24.10",
    "noble 24.04",
    "mantic 23.10",
  ],
  ...["lunar 23.04", "kinetic 22.10", "jammy 22.04", "focal 20.04", "bionic 18.04", "xenial 16.04", "trusty 14.04"],
);

const nodeNames = words(
  ...["krypton 24", "jod 22", "iron 20", "hydrogen 18", "gallium 16", "fermium 14", "erbium 12", "dubnium 10"],
  ...["carbon 8", "boron 6", "argon 4"],
);

function distribution(id: string, whole?: BaseKind, names?: ReadonlyMap<string, string>): Publisher {
  const product = distributions[id];
  return {
    kind: "distribution",
    ...(product === undefined ? {} : { product }),
    ...(whole === undefined ? {} : { whole }),
    ...(names === undefined ? {} : { words: names }),
  };
}

function program(product: Product | undefined, whole?: BaseKind, names?: ReadonlyMap<string, string>): Publisher {
  return {
    kind: "program",
    ...(product === undefined ? {} : { product }),
    ...(whole === undefined ? {} : { whole }),
    ...(names === undefined ? {} : { words: names }),
  };
}

const { ubuntu } = distributions;

/** By repository, Docker Hub's official ones without `library/`. */
export const publishers: ReadonlyMap<string, Publisher> = new Map([
  ["debian", distribution("debian", "full", debianNames)],
  ["ubuntu", distribution("ubuntu", "slim", ubuntuNames)],
  ["alpine", distribution("alpine", "alpine")],
  ["centos", distribution("centos", "full", words("centos7 7", "centos8 8", "centos6 6"))],
  ["quay.io/centos/centos", distribution("centos-stream", "full", words("stream8 8", "stream9 9", "stream10 10"))],
  ["fedora", distribution("fedora", "full")],
  ["quay.io/fedora/fedora", distribution("fedora", "full")],
  ["quay.io/fedora/fedora-minimal", distribution("fedora", "slim")],
  ["registry.fedoraproject.org/fedora", distribution("fedora", "full")],
  ["rockylinux", distribution("rocky", "full")],
  ["rockylinux/rockylinux", distribution("rocky", "full")],
  ["almalinux", distribution("almalinux", "full")],
  ["almalinux/9-minimal", distribution("almalinux", "slim")],
  ["oraclelinux", distribution("ol", "full")],
  ["amazonlinux", distribution("amzn", "full", words("1 2018.03"))],
  ["public.ecr.aws/amazonlinux/amazonlinux", distribution("amzn", "full", words("1 2018.03"))],
  ["opensuse/leap", distribution("opensuse-leap", "full")],
  ["photon", distribution("photon", "slim")],
  ["buildpack-deps", { ...program(undefined, "full"), ...(ubuntu === undefined ? {} : { built: ubuntu }) }],
  ["busybox", program(undefined, "slim")],
  ["node", program(runtimes.node, "full", nodeNames)],
  ["python", program(runtimes.python, "full")],
  ["golang", program(runtimes.go, "full")],
  ["ruby", program(runtimes.ruby, "full")],
  ["rust", program(undefined, "full")],
  ["perl", program(undefined, "full")],
  ["php", program(runtimes.php, "slim")],
  ["eclipse-temurin", program(runtimes.java, "slim")],
  ["amazoncorretto", program(runtimes.java)],
  ["openjdk", program(runtimes.java)],
  ["nginx", program(servers.nginx, "slim")],
  ["httpd", program(undefined, "slim")],
  ["redis", program(servers.redis, "slim")],
  ["valkey/valkey", program(servers.valkey, "slim")],
  ["postgres", program(servers.postgresql, "slim")],
  ["mariadb", program(servers.mariadb, "slim")],
  ["haproxy", program(servers.haproxy, "slim")],
  ["memcached", program(undefined, "slim")],
  ["traefik", program(undefined, "alpine")],
  ["caddy", program(undefined, "alpine")],
  ["docker", program(undefined, "alpine")],
  ["mcr.microsoft.com/dotnet/runtime", program(runtimes.dotnet, "slim")],
  ["mcr.microsoft.com/dotnet/aspnet", program(runtimes.dotnet, "slim")],
  ["mcr.microsoft.com/dotnet/runtime-deps", program(runtimes.dotnet, "slim")],
  ["mcr.microsoft.com/dotnet/sdk", program(runtimes.dotnet)],
]);
