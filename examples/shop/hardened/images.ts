import type { ShopImage, Step } from "../image.ts";
import { applicationManifest, debianPackages, dpkgStatusFolder, nodeModules } from "../packages.ts";

/** Debian 13.6 as images without a shell carry it: what a program needs, one file a package, no package manager. */
const debian = debianPackages(`
base-files      | 13.8+deb13u7                |                                   | admin        | files of the base system
ca-certificates | 20250419                    |                                   | misc         | root certificates
libc6           | 2.41-12+deb13u4             | glibc                             | libs         | C library
libgcc-s1       | 14.2.0-19                   | gcc-14                            | libs         | run-time part of GCC
libssl3t64      | 3.5.7-1~deb13u2             | openssl                           | libs         | TLS
libstdc++6      | 14.2.0-19                   | gcc-14                            | libs         | C++ library
netbase         | 6.5                         |                                   | admin        | names of protocols and services
tzdata          | 2026b-0+deb13u1             |                                   | localization | time zones
zlib1g          | 1:1.3.dfsg+really1.3.1-1+b1 | zlib (1:1.3.dfsg+really1.3.1-1)   | libs         | compression
`);

/** The one base of all three images. */
function base(created: string): Step {
  return {
    created,
    createdBy: "ADD debian-13-minimal.tar.zst / # buildkit",
    layer: [
      {
        path: "etc/os-release",
        text: 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nVERSION_CODENAME=trixie\nID=debian\n',
      },
      {
        path: "etc/passwd",
        text: "root:x:0:0:root:/root:/sbin/nologin\nshop:x:10001:10001::/nonexistent:/sbin/nologin\n",
      },
      ...dpkgStatusFolder(debian),
    ],
  };
}

interface Program {
  readonly name: string;
  readonly version: string;
  readonly port?: number;
  readonly modules: string;
}

/** A program of the shop with its modules: copied whole from a build stage, and run by a user without rights. */
function image({ name, version, port, modules }: Program, week: Date): ShopImage {
  const created = week.toISOString();
  return {
    name,
    reference: `registry.example.com/shop/${name}:${version}`,
    user: "10001:10001",
    env: ["PATH=/usr/local/bin:/usr/bin:/bin", "NODE_ENV=production"],
    workingDir: "/srv",
    healthcheck: ["CMD", "node", "/srv/health.js"],
    cmd: ["node", "/srv/main.js"],
    ...(port === undefined ? {} : { exposedPorts: [`${port}/tcp`] }),
    steps: [
      base(created),
      { created, createdBy: "ENV NODE_ENV=production" },
      { created, createdBy: "WORKDIR /srv" },
      {
        created,
        createdBy: "COPY /srv /srv # buildkit",
        layer: [
          applicationManifest("srv", { name: `shop-${name}`, version }),
          ...nodeModules("srv", modules),
          { path: "srv/health.js", text: "process.exitCode = 0;\n" },
          { path: "srv/main.js", text: `process.stdout.write("${name}\\n");\n` },
        ],
      },
      ...(port === undefined ? [] : [{ created, createdBy: `EXPOSE [${port}/tcp]` }]),
      {
        created,
        createdBy: 'HEALTHCHECK &{["CMD" "node" "/srv/health.js"] "0s" "0s" "0s" "0s" \'\\x00\'}',
      },
      { created, createdBy: "USER 10001:10001" },
      { created, createdBy: 'CMD ["node" "/srv/main.js"]' },
    ],
  };
}

const programs: readonly Program[] = [
  {
    name: "web",
    version: "3.0.0",
    port: 8080,
    modules: `
       | express | 5.3.0  | MIT
       | lodash  | 4.18.1 | MIT
       | qs      | 6.17.1 | BSD-3-Clause
       | ws      | 8.23.0 | MIT
    `,
  },
  {
    name: "api",
    version: "4.0.0",
    port: 3000,
    modules: `
       | fastify | 5.12.8 | MIT
       | semver  | 7.8.6  | ISC
       | undici  | 8.13.1 | MIT
    `,
  },
  {
    name: "worker",
    version: "2.0.0",
    modules: `
       | lodash | 4.18.1 | MIT
       | tmp    | 0.2.7  | MIT
    `,
  },
];

/**
 * The images as the shop's weekly build makes them.
 *
 * @param week - the Monday that it ran on, 0:00 UTC
 */
export function hardenedImages(week: Date): ShopImage[] {
  return programs.map((program) => image(program, week));
}

/**
 * The Monday of the week, 0:00 UTC: of now, or of SOURCE_DATE_EPOCH (reproducible-builds.org), seconds since 1970,
 * where that is set.
 */
export function buildWeek(now: Date, sourceDateEpoch: string | undefined): Date {
  const at = /^\d{1,12}$/.test(sourceDateEpoch ?? "") ? new Date(Number(sourceDateEpoch) * 1000) : now;
  const day = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate());
  const sinceMonday = (at.getUTCDay() + 6) % 7;
  return new Date(day - sinceMonday * 24 * 60 * 60 * 1000);
}
