/** Dockerfiles as people write them, with what of `--fix` they must not come to grief by. */

export interface LiveDockerfile {
  readonly name: string;
  /** The lines behind FROM; `FROM` of a further stage names the base as `BASE`. */
  readonly text: string;
  readonly base: "debian" | "node";
  readonly files?: Readonly<Record<string, string>>;
  /** What runs in the container; its output is the same before and after. */
  readonly smoke: string;
  /** It stops the build as it is, and does not when it is mended. */
  readonly broken?: true;
}

const server = `const http = require("http");
const s = http.createServer((_, r) => r.end(require("ms")(60000))).listen(0, async () => {
  const r = await fetch("http://127.0.0.1:" + s.address().port);
  console.log(await r.text());
  s.close();
});
`;
const project = JSON.stringify({ name: "live", version: "1.0.0", dependencies: { ms: "2.1.3" } });
const lock = JSON.stringify({
  name: "live",
  version: "1.0.0",
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": { name: "live", version: "1.0.0", dependencies: { ms: "2.1.3" } },
    "node_modules/ms": { version: "2.1.3", resolved: "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz" },
  },
});
const app = { "package.json": project, "server.js": server };

export const liveDockerfiles: readonly LiveDockerfile[] = [
  {
    name: "curl that needs the certificates it recommends",
    base: "debian",
    text: 'RUN apt-get update && apt-get install -y curl\nCMD ["curl", "--version"]\n',
    smoke: "curl --version | head -c 8; ls /etc/ssl/certs/ca-certificates.crt",
  },
  {
    name: "gcc that needs the headers it recommends",
    base: "debian",
    files: { "hello.c": '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n' },
    text: "RUN apt-get update && apt-get install -y gcc\nCOPY hello.c /\nRUN gcc -o /hello /hello.c\nCMD /hello\n",
    smoke: "/hello",
  },
  {
    name: "git over https",
    base: "debian",
    text: "RUN apt-get update && apt-get install -y git && git --version\n",
    smoke: "git --version; ls /etc/ssl/certs/ca-certificates.crt",
  },
  {
    name: "apt in place of apt-get",
    base: "debian",
    text: "RUN apt update && apt install -y jq\n",
    smoke: "echo '{\"a\":1}' | jq .a",
  },
  {
    name: "lists that a later RUN reads",
    base: "debian",
    text: "RUN apt-get update && apt-get install -y jq\nRUN apt-get install -y less\n",
    smoke: "jq --version; less --version | head -n 1",
  },
  {
    name: "lists that a script reads",
    base: "debian",
    files: { "install.sh": "#!/bin/sh\nset -e\napt-get install -y less\n" },
    text: "RUN apt-get update\nCOPY install.sh /tmp/\nRUN sh /tmp/install.sh\n",
    smoke: "less --version | head -n 1",
  },
  {
    name: "an install that asks, and nobody answers",
    base: "debian",
    text: "RUN apt-get update && apt-get install curl\n",
    smoke: "curl --version | head -c 8",
    broken: true,
  },
  {
    name: "old forms in mixed case",
    base: "debian",
    text: "MAINTAINER somebody\nENV GREETING hello to you\nrun apt-get update && apt-get install -y less\nENV PLACE /srv\nCMD echo $GREETING\n",
    smoke: "echo $GREETING $PLACE; less --version | head -n 1",
  },
  {
    name: "a heredoc",
    base: "debian",
    text: "RUN <<E\nset -e\napt-get update\napt-get install -y less\nE\n",
    smoke: "less --version | head -n 1",
  },
  {
    name: "two stages, one of them a compiler's",
    base: "debian",
    files: { "hello.c": '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n' },
    text: "RUN apt-get update && apt-get install -y tcc libc6-dev\nADD . /src/\nRUN tcc -o /hello /src/hello.c\nFROM BASE\nCOPY --from=0 /hello /hello\nENTRYPOINT /hello\n",
    smoke: "/hello",
  },
  {
    name: "pip with a project of its own",
    base: "debian",
    files: {
      "setup.py": 'from setuptools import setup\nsetup(name="live", version="1.0", py_modules=["live"])\n',
      "live.py": 'print("live")\n',
    },
    text: "RUN apt-get update && apt-get install -y --no-install-recommends python3-pip python3-setuptools python3-wheel && rm -rf /var/lib/apt/lists/*\nCOPY . /src/\nRUN pip install --no-index --no-build-isolation --break-system-packages /src\n",
    smoke: "cd / && python3 -m live",
  },
  {
    name: "a server of the distribution on a port below 1024",
    base: "debian",
    text: 'RUN apt-get update && apt-get install -y nginx-light\nEXPOSE 80\nCMD ["nginx", "-g", "daemon off;"]\n',
    smoke: "nginx -t 2>&1 | tail -n 1",
  },
  {
    name: "sudo where root runs it anyway",
    base: "debian",
    text: "RUN apt-get update && apt-get install -y sudo\nRUN sudo apt-get install -y less && sudo rm -rf /var/lib/apt/lists/*\n",
    smoke: "less --version | head -n 1",
  },
  {
    name: "a folder that ADD copies, and a program in shell form",
    base: "debian",
    files: { "run.sh": "#!/bin/sh\necho ran as it should\n" },
    text: "ADD . /srv/\nWORKDIR /srv\nCMD sh run.sh\n",
    smoke: "cd /srv && sh run.sh",
  },
  {
    name: "npm install of a server",
    base: "node",
    files: app,
    text: "WORKDIR /app\nCOPY package.json ./\nRUN npm install\nCOPY server.js ./\nCMD node server.js\n",
    smoke: "cd /app && node server.js",
  },
  {
    name: "npm ci with a lockfile",
    base: "node",
    files: { ...app, "package-lock.json": lock },
    text: "WORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nCOPY server.js .\nEXPOSE 3000\nCMD node server.js\n",
    smoke: "cd /app && node server.js",
  },
  {
    name: "a global program of npm",
    base: "node",
    text: "RUN npm install -g semver@7.6.3\nENTRYPOINT semver\nCMD 1.2.3\n",
    smoke: "semver 1.2.3",
  },
  {
    name: "npm's cache that a later RUN reads",
    base: "node",
    files: app,
    text: "WORKDIR /app\nRUN npm install -g ms@2.1.3\nCOPY package.json server.js ./\nRUN npm install --offline\n",
    smoke: "cd /app && node server.js",
  },
  {
    name: "modules that another stage takes over",
    base: "node",
    files: app,
    text: "WORKDIR /app\nCOPY package.json .\nRUN npm install\nFROM BASE\nWORKDIR /app\nCOPY --from=0 /app/node_modules ./node_modules\nADD server.js ./\nCMD node server.js\n",
    smoke: "cd /app && node server.js",
  },
  {
    name: "yarn, whose cache may be what runs",
    base: "node",
    files: app,
    text: "WORKDIR /app\nRUN npm install -g yarn@1.22.22\nCOPY package.json server.js ./\nRUN yarn install\nUSER 10001:10001\nCMD node server.js\n",
    smoke: "cd /app && node server.js",
  },
];
