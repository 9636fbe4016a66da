import type { ShopImage, Step } from "../image.ts";
import {
  apkDatabase,
  apkPackages,
  applicationManifest,
  debianPackages,
  dpkgStatus,
  nodeModules,
  upgraded,
} from "../packages.ts";
import type { LayerEntry } from "../tar.ts";
import { databaseUrl, deployKey, npmToken } from "./secrets.ts";

/** Alpine 3.10.1 as it was in July 2019: its musl still has CVE-2019-14697. */
const alpine = apkPackages(`
musl                   | 1.1.22-r2   | musl              | MIT                      | C library
busybox                | 1.30.1-r2   | busybox           | GPL-2.0                  | many small Unix tools in one program
alpine-baselayout      | 3.1.2-r0    | alpine-baselayout | GPL-2.0-only             | folders and start scripts
alpine-keys            | 2.1-r2      | alpine-keys       | MIT                      | keys that packages are signed with
libcrypto1.1           | 1.1.1c-r0   | openssl           | OpenSSL                  | cryptography of OpenSSL
libssl1.1              | 1.1.1c-r0   | openssl           | OpenSSL                  | TLS of OpenSSL
ca-certificates-cacert | 20190108-r0 | ca-certificates   | MPL-2.0 GPL-2.0-or-later | root certificates
libtls-standalone      | 2.9.1-r0    | libtls-standalone | ISC                      | TLS interface of LibreSSL
ssl_client             | 1.30.1-r2   | busybox           | GPL-2.0                  | TLS for wget
zlib                   | 1.2.11-r1   | zlib              | zlib                     | compression
apk-tools              | 2.10.4-r2   | apk-tools         | GPL2                     | package manager
scanelf                | 1.2.3-r0    | pax-utils         | GPL-2.0                  | reads ELF files
musl-utils             | 1.1.22-r2   | musl              | MIT BSD GPL2+            | tools of the C library
libc-utils             | 0.7.1-r0    | libc-dev          | BSD                      | pulls the C library's tools in
`);

const nodeRuntime = apkPackages(`
c-ares       | 1.15.0-r0  | c-ares      | MIT     | asynchronous DNS
libgcc       | 8.3.0-r0   | gcc         | GPL     | run-time part of GCC
http-parser  | 2.9.2-r0   | http-parser | MIT     | HTTP parser
libstdc++    | 8.3.0-r0   | gcc         | GPL     | C++ library
libuv        | 1.29.1-r0  | libuv       | MIT     | event loop
nghttp2-libs | 1.38.0-r0  | nghttp2     | MIT     | HTTP/2
nodejs       | 10.16.0-r0 | nodejs      | MIT     | JavaScript runtime
npm          | 10.16.0-r0 | nodejs      | MIT     | package manager of JavaScript
`);

const workerTools = apkPackages(`
libbz2      | 1.0.6-r6  | bzip2  | BSD-4-Clause-UC | compression
expat       | 2.2.7-r0  | expat  | MIT             | XML parser
libcurl     | 7.65.1-r0 | curl   | MIT             | transfers over many protocols
curl        | 7.65.1-r0 | curl   | MIT             | transfers on the command line
sqlite-libs | 3.28.0-r0 | sqlite | Public-Domain   | embedded SQL database
python3     | 3.7.3-r0  | python3 | PSF-2.0        | Python
`);

/** The first layer of web and worker: the same bytes, so a scanner should pay for it once. */
const alpineBase: readonly Step[] = [
  {
    created: "2019-07-11T22:20:52Z",
    createdBy: "/bin/sh -c #(nop) ADD file:alpine-minirootfs-3.10.1-x86_64.tar.gz in / ",
    layer: [
      {
        path: "etc/os-release",
        text: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.10.1\nPRETTY_NAME="Alpine Linux v3.10"\n',
      },
      { path: "etc/alpine-release", text: "3.10.1\n" },
      { path: "etc/passwd", text: "root:x:0:0:root:/root:/bin/ash\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n" },
      { path: "bin/sh", linkTo: "/bin/busybox" },
      apkDatabase(alpine),
    ],
  },
  { created: "2019-07-11T22:20:52Z", createdBy: '/bin/sh -c #(nop)  CMD ["/bin/sh"]' },
];

const webProduction = nodeModules(
  "app",
  `
             | express         | 4.15.4 | MIT
             | debug           | 2.6.8  | MIT
             | ms              | 2.0.0  | MIT
             | mime            | 1.3.4  | MIT
             | path-to-regexp  | 0.1.7  | MIT
             | qs              | 6.5.0  | BSD-3-Clause
             | lodash          | 4.17.4 | MIT
             | minimist        | 1.2.0  | MIT
             | mkdirp          | 0.5.1  | MIT
  mkdirp     | minimist        | 0.0.8  | MIT
             | marked          | 0.3.6  | MIT
             | js-yaml         | 3.12.0 | MIT
             | jquery          | 3.3.1  | MIT
             | ws              | 3.3.0  | MIT
             | semver          | 5.3.0  | ISC
             | request         | 2.83.0 | Apache-2.0
             | extend          | 3.0.1  | MIT
             | form-data       | 2.3.1  | MIT
             | tunnel-agent    | 0.6.0  | Apache-2.0
             | http-signature  | 1.2.0  | MIT
             | sshpk           | 1.13.1 | MIT
             | json-schema     | 0.2.3  | AFL-2.1 OR BSD-3-Clause
  request    | tough-cookie    | 2.3.2  | BSD-3-Clause
  request    | qs              | 6.5.1  | BSD-3-Clause
             | ajv             | 5.5.2  | MIT
             | y18n            | 3.2.1  | ISC
             | minimatch       | 3.0.4  | ISC
             | brace-expansion | 1.1.8  | MIT
`,
);

/** Needed to build and test alone: the next instruction prunes them. */
const webDevelopment = nodeModules(
  "app",
  `
        | mocha     | 3.5.3 | MIT
        | growl     | 1.9.2 | MIT
  mocha | debug     | 2.6.8 | MIT
        | uglify-js | 2.3.0 | BSD-2-Clause
`,
);

const web: ShopImage = {
  name: "web",
  reference: "registry.example.com/shop/web:1.4.2",
  user: "",
  env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "NODE_ENV=production"],
  workingDir: "/app",
  exposedPorts: ["8080/tcp"],
  healthcheck: ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8080/"],
  cmd: ["/bin/sh", "-c", "node server.js"],
  steps: [
    ...alpineBase,
    { created: "2019-07-29T08:01:00Z", createdBy: "/bin/sh -c #(nop)  MAINTAINER storefront-team" },
    {
      created: "2019-07-29T08:01:10Z",
      createdBy: "/bin/sh -c apk add nodejs=10.16.0-r0 npm=10.16.0-r0",
      layer: [apkDatabase([...alpine, ...nodeRuntime])],
    },
    { created: "2019-07-29T08:01:11Z", createdBy: "/bin/sh -c #(nop)  ENV NODE_ENV=production" },
    { created: "2019-07-29T08:01:11Z", createdBy: "/bin/sh -c #(nop) WORKDIR /app" },
    {
      created: "2019-07-29T08:01:12Z",
      createdBy: "/bin/sh -c #(nop) ADD file:package.json in /app/ ",
      layer: [
        applicationManifest("app", {
          name: "shop-web",
          version: "1.4.2",
          dependencies: { express: "4.15.4", lodash: "4.17.4", marked: "0.3.6", request: "2.83.0", ws: "3.3.0" },
          devDependencies: { mocha: "3.5.3", "uglify-js": "2.3.0" },
        }),
      ],
    },
    { created: "2019-07-29T08:01:13Z", createdBy: "/bin/sh -c #(nop)  ARG NPM_TOKEN" },
    {
      created: "2019-07-29T08:01:40Z",
      createdBy: `|1 NPM_TOKEN=${npmToken} /bin/sh -c npm install --include=dev --//npm.example.com/:_authToken=$NPM_TOKEN && npm run build`,
      layer: [...webProduction, ...webDevelopment],
    },
    {
      created: "2019-07-29T08:01:55Z",
      createdBy: `|1 NPM_TOKEN=${npmToken} /bin/sh -c npm prune --omit=dev`,
      layer: ["mocha", "growl", "uglify-js"].map((name) => ({ path: `app/node_modules/${name}`, removed: true })),
    },
    {
      created: "2019-07-29T08:01:57Z",
      createdBy: "/bin/sh -c #(nop) ADD file:server.js in /app/ ",
      layer: [server("web", 8080)],
    },
    { created: "2019-07-29T08:01:57Z", createdBy: "/bin/sh -c #(nop)  EXPOSE 8080" },
    {
      created: "2019-07-29T08:01:57Z",
      createdBy:
        '/bin/sh -c #(nop)  HEALTHCHECK &{["CMD-SHELL" "wget -q -O /dev/null http://127.0.0.1:8080/"] "0s" "0s" "0s" \'\\x00\'}',
    },
    {
      created: "2019-07-29T08:01:58Z",
      createdBy: '/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "node server.js"]',
    },
  ],
};

const workerPackages = [...alpine, ...nodeRuntime, ...workerTools];

const worker: ShopImage = {
  name: "worker",
  reference: "registry.example.com/shop/worker:0.9.0",
  user: "0",
  env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", `DATABASE_URL=${databaseUrl}`],
  workingDir: "/worker",
  healthcheck: ["CMD-SHELL", "pgrep node"],
  cmd: ["/bin/sh", "-c", "node worker.js"],
  steps: [
    ...alpineBase,
    {
      created: "2019-08-05T07:30:02Z",
      createdBy: "/bin/sh -c apk add curl=7.65.1-r0 nodejs=10.16.0-r0 npm=10.16.0-r0 python3=3.7.3-r0",
      layer: [apkDatabase(workerPackages)],
    },
    {
      created: "2019-08-09T07:30:05Z",
      createdBy: "/bin/sh -c apk add musl=1.1.22-r3 musl-utils=1.1.22-r3",
      layer: [apkDatabase(upgraded(workerPackages, { musl: "1.1.22-r3", "musl-utils": "1.1.22-r3" }))],
    },
    { created: "2019-08-09T07:30:06Z", createdBy: "/bin/sh -c #(nop) WORKDIR /worker" },
    { created: "2019-08-09T07:30:06Z", createdBy: "/bin/sh -c #(nop)  ARG DATABASE_URL" },
    { created: "2019-08-09T07:30:06Z", createdBy: `/bin/sh -c #(nop)  ENV DATABASE_URL=${databaseUrl}` },
    {
      created: "2019-08-09T07:30:07Z",
      createdBy: "/bin/sh -c #(nop) ADD multi:worker in /worker/ ",
      layer: [
        applicationManifest("worker", { name: "shop-worker", version: "0.9.0" }),
        {
          path: "worker/worker.js",
          text: "setInterval(() => process.stdout.write('waiting for orders\\n'), 60_000);\n",
        },
      ],
    },
    {
      created: "2019-08-09T07:30:30Z",
      createdBy: `|1 DATABASE_URL=${databaseUrl} /bin/sh -c npm install --omit=dev`,
      layer: nodeModules(
        "worker",
        `
                     | lodash            | 4.17.15 | MIT
                     | flat              | 4.1.0   | BSD-3-Clause
                     | mem               | 1.1.0   | MIT
                     | acorn             | 6.0.4   | MIT
                     | braces            | 2.3.2   | MIT
                     | micromatch        | 3.1.10  | MIT
                     | glob-parent       | 3.1.0   | ISC
                     | path-parse        | 1.0.6   | MIT
                     | yargs-parser      | 11.1.1  | ISC
                     | minimist          | 1.2.0   | MIT
                     | tmp               | 0.0.33  | MIT
                     | https-proxy-agent | 2.2.1   | MIT
                     | http-proxy-agent  | 2.0.0   | MIT
                     | underscore        | 1.9.1   | MIT
        `,
      ),
    },
    {
      created: "2019-08-09T07:30:31Z",
      createdBy: '/bin/sh -c #(nop)  HEALTHCHECK &{["CMD-SHELL" "pgrep node"] "0s" "0s" "0s" \'\\x00\'}',
    },
    { created: "2019-08-09T07:30:31Z", createdBy: "/bin/sh -c #(nop)  USER 0" },
    {
      created: "2019-08-09T07:30:31Z",
      createdBy: '/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "node worker.js"]',
    },
  ],
};

/** Debian 11.0 of August 2021. Advisories name the source, which often is not the package's own name. */
const debian = debianPackages(`
base-files     | 11.1                  |                     | admin    | files of the base system
bash           | 5.1-2+b3              | bash (5.1-2)        | shells   | shell
bsdutils       | 1:2.36.1-8            | util-linux (2.36.1-8) | utils  | small tools
coreutils      | 8.32-4+b1             | coreutils (8.32-4)  | utils    | basic tools
dpkg           | 1.20.9                |                     | admin    | package manager
gpgv           | 2.2.27-2              | gnupg2              | utils    | checks signatures
gzip           | 1.10-4                |                     | utils    | compression
libc6          | 2.31-13               | glibc               | libs     | C library
libgnutls30    | 3.7.1-5               | gnutls28            | libs     | TLS
liblzma5       | 5.2.5-2               | xz-utils            | libs     | compression
libtirpc3      | 1.3.1-1               | libtirpc            | libs     | remote procedure calls
libuuid1       | 2.36.1-8              | util-linux          | libs     | unique identifiers
mount          | 2.36.1-8              | util-linux          | admin    | mounts file systems
perl-base      | 5.32.1-4+deb11u1      | perl                | perl     | smallest Perl
zlib1g         | 1:1.2.11.dfsg-2       | zlib                | libs     | compression
`);

const apiPackages = debianPackages(`
curl           | 7.74.0-1.3+b1         | curl (7.74.0-1.3)   | web      | transfers on the command line
libcurl4       | 7.74.0-1.3+b1         | curl (7.74.0-1.3)   | libs     | transfers over many protocols
libexpat1      | 2.2.10-2              | expat               | libs     | XML parser
libkrb5-3      | 1.18.3-6              | krb5                | libs     | Kerberos
libksba8       | 1.5.0-3               | libksba             | libs     | certificates and revocation lists
libldap-2.4-2  | 2.4.57+dfsg-3         | openldap            | libs     | LDAP
libsasl2-2     | 2.1.27+dfsg-2.1       | cyrus-sasl2         | libs     | authentication
libssl1.1      | 1.1.1k-1              | openssl             | libs     | TLS
libxml2        | 2.9.10+dfsg-6.7       |                     | libs     | XML
nodejs         | 12.22.5~dfsg-2~11u1   |                     | javascript | JavaScript runtime
npm            | 7.5.2+ds-2            |                     | javascript | package manager of JavaScript
openssl        | 1.1.1k-1              |                     | utils    | TLS on the command line
`);

const apiInstalled = [...debian, ...apiPackages];

const api: ShopImage = {
  name: "api",
  reference: "registry.example.com/shop/api:2.0.1",
  user: "root",
  env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "NODE_ENV=production"],
  workingDir: "/srv/api",
  exposedPorts: ["3000/tcp"],
  healthcheck: ["CMD-SHELL", "curl -fsS http://127.0.0.1:3000/health"],
  cmd: ["/bin/sh", "-c", "node api.js"],
  steps: [
    {
      created: "2021-08-16T20:22:01Z",
      createdBy: "/bin/sh -c #(nop) ADD file:debian-11-rootfs.tar.xz in / ",
      layer: [
        {
          path: "etc/os-release",
          text: 'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\nNAME="Debian GNU/Linux"\nVERSION_ID="11"\nVERSION="11 (bullseye)"\nVERSION_CODENAME=bullseye\nID=debian\n',
        },
        { path: "etc/debian_version", text: "11.0\n" },
        dpkgStatus(debian),
      ],
    },
    { created: "2021-08-16T20:22:01Z", createdBy: '/bin/sh -c #(nop)  CMD ["bash"]' },
    {
      created: "2021-08-23T06:10:00Z",
      createdBy:
        "RUN /bin/sh -c apt-get update && apt-get install -y curl=7.74.0-1.3+b1 libksba8=1.5.0-3 libxml2=2.9.10+dfsg-6.7 nodejs=12.22.5~dfsg-2~11u1 npm=7.5.2+ds-2 openssl=1.1.1k-1 # buildkit",
      layer: [dpkgStatus(apiInstalled)],
    },
    {
      created: "2022-04-19T06:10:00Z",
      createdBy: "RUN /bin/sh -c apt-get update && apt-get install -y --only-upgrade gzip=1.10-4+deb11u1 # buildkit",
      layer: [dpkgStatus(upgraded(apiInstalled, { gzip: "1.10-4+deb11u1" }))],
    },
    { created: "2022-04-19T06:10:01Z", createdBy: "ENV NODE_ENV=production" },
    { created: "2022-04-19T06:10:01Z", createdBy: "WORKDIR /srv/api" },
    {
      created: "2022-04-19T06:10:01Z",
      createdBy: "COPY deploy.key ./ # buildkit",
      layer: [{ path: "srv/api/deploy.key", text: deployKey, mode: 0o600 }],
    },
    {
      created: "2022-04-19T06:10:02Z",
      createdBy: "COPY package.json ./ # buildkit",
      layer: [applicationManifest("srv/api", { name: "shop-api", version: "2.0.1" })],
    },
    {
      created: "2022-04-19T06:10:20Z",
      createdBy: 'RUN /bin/sh -c GIT_SSH_COMMAND="ssh -i deploy.key" npm install --omit=dev # buildkit',
      layer: nodeModules(
        "srv/api",
        `
                      | fastify              | 3.15.1 | MIT
                      | undici               | 5.5.0  | MIT
                      | node-forge           | 0.7.6  | BSD-3-Clause OR GPL-2.0
                      | node-fetch           | 2.6.1  | MIT
                      | @grpc/grpc-js        | 1.3.2  | Apache-2.0
                      | protobufjs           | 6.11.2 | BSD-3-Clause
                      | serialize-javascript | 2.1.0  | BSD-3-Clause
                      | json-bigint          | 0.3.1  | MIT
                      | json5                | 2.2.0  | MIT
                      | nanoid               | 3.1.20 | MIT
                      | postcss              | 8.2.4  | MIT
                      | semver               | 7.3.5  | ISC
                      | cross-spawn          | 7.0.3  | MIT
                      | word-wrap            | 1.2.3  | MIT
                      | ansi-regex           | 5.0.0  | MIT
                      | tough-cookie         | 4.0.0  | BSD-3-Clause
                      | form-data            | 4.0.0  | MIT
                      | ws                   | 7.4.5  | MIT
                      | lodash               | 4.17.19 | MIT
                      | minimist             | 1.2.5  | MIT
        `,
      ),
    },
    {
      created: "2022-04-19T06:10:21Z",
      createdBy: "RUN /bin/sh -c rm deploy.key # buildkit",
      layer: [{ path: "srv/api/deploy.key", removed: true }],
    },
    {
      created: "2022-04-19T06:10:21Z",
      createdBy: "COPY api.js ./ # buildkit",
      layer: [{ ...server("api", 3000), path: "srv/api/api.js" }],
    },
    { created: "2022-04-19T06:10:21Z", createdBy: "EXPOSE [3000/tcp]" },
    {
      created: "2022-04-19T06:10:21Z",
      createdBy: 'HEALTHCHECK &{["CMD-SHELL" "curl -fsS http://127.0.0.1:3000/health"] "0s" "0s" "0s" "0s" \'\\x00\'}',
    },
    { created: "2022-04-19T06:10:21Z", createdBy: "USER root" },
    { created: "2022-04-19T06:10:21Z", createdBy: 'CMD ["/bin/sh" "-c" "node api.js"]' },
  ],
};

function server(name: string, port: number): LayerEntry {
  return {
    path: "app/server.js",
    text: `require("http").createServer((_, response) => response.end("${name}")).listen(${port});\n`,
  };
}

export const insecureImages: readonly ShopImage[] = [web, api, worker];
