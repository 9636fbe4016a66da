import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialsInUrl } from "./credentials-in-url.ts";
import { detected, findings } from "./dockerfile/lint.fixture.ts";
import type { LintCheck } from "./dockerfile/lint-check.ts";
import { passwordInCommand } from "./password-in-command.ts";
import { passwordlessAccount } from "./passwordless-account.ts";
import { remoteLoginServer } from "./remote-login-server.ts";
import { setuidBit } from "./setuid-bit.ts";
import { umaskOpen } from "./umask-open.ts";

const run = (script: string): string => `FROM debian:13\nRUN ${script}\n`;
/** Made at run time, so that no scanner takes this file for a leak. */
const value = ["hunter", "zwei"].join("2");

function finds(check: LintCheck, scripts: readonly string[], none: readonly string[]): void {
  for (const script of scripts) {
    const found = findings(check, run(script));
    assert.equal(found.length, 1, script);
    assert.equal(JSON.stringify(found).includes(value), false, `${script}: the value is shown`);
  }
  for (const script of none) assert.deepEqual(detected(check, run(script)), [], script);
}

test("passwords in commands are found and never shown", () => {
  assert.deepEqual(detected(passwordInCommand, run(`echo "root:${value}" | chpasswd`)), [
    `2:${5 + `echo "root:${value}" | `.length} Hard-coded password in a command: what chpasswd reads`,
  ]);
  finds(
    passwordInCommand,
    [
      `echo ${value} | passwd --stdin app`,
      `chpasswd <<< root:${value}`,
      `chpasswd <<EOF\nroot:${value}\nEOF`,
      `mysql -uroot -p${value} -e 'select 1'`,
      `psql --password=${value}`,
      `x login --password ${value}`,
      `curl -u app:${value} https://example.com/`,
      `useradd -p ${value} app`,
      `DB_PASSWORD=${value} ./migrate`,
      `export API_TOKEN=${value} && ./build`,
    ],
    [
      'echo "root:$PASSWORD" | chpasswd',
      "mysql -p -e 'select 1'",
      "mysql -p$PASSWORD",
      "x login --password-stdin < /run/secrets/a",
      "x login --password $(cat /run/secrets/a)",
      'curl -u "app:$TOKEN" https://example.com/',
      "useradd -p '*' app",
      "SECRET_KEY=dummy python manage.py collectstatic",
      "adduser --disabled-password app",
      "x --no-password --token-file=/run/secrets/a",
      "passwd -l root",
      "echo hello | cat",
    ],
  );
});

test("passwords within URLs are found and never shown", () => {
  finds(
    credentialsInUrl,
    [
      `git clone https://app:${value}@example.com/x`,
      `curl https://app:${value}@example.com/x`,
      `https_proxy=http://app:${value}@proxy.example.com:3128 ./build`,
      "git clone https://$GITHUB_TOKEN@github.com/acme/x",
      "git clone https://oauth2:${TOKEN}@example.com/acme/x",
    ],
    [
      "git clone https://example.com/acme/x",
      "git clone https://git@example.com/acme/x",
      "git clone ssh://git@example.com/acme/x",
      "curl https://app:$PASSWORD@example.com/x",
      "curl https://example.com/a:b@c",
    ],
  );
});

test("setuid programs in what ships", () => {
  assert.deepEqual(detected(setuidBit, run("chmod 4755 /a")), ["2:5 chmod 4755 sets a setuid or setgid bit"]);
  finds(
    setuidBit,
    ["chmod u+s /a", "chmod +s /a", "chmod ug+s /a", "install -m 6755 a /a", "chmod u=rwxs /a"],
    [
      "chmod 0755 /a",
      "chmod g+s /a",
      "chmod u-s /a",
      "chmod 2775 /a",
      "chmod a-s /a",
      "find / -perm /6000 -exec chmod a-s {} +",
    ],
  );
  assert.equal(detected(setuidBit, "FROM a:1\nCOPY --chmod=4755 a /a\n").length, 1);
  assert.deepEqual(detected(setuidBit, "FROM a:1 AS b\nRUN chmod 4755 /a\nFROM c:1\nCOPY --from=b /x /x\n"), []);
});

test("servers to log in", () => {
  assert.deepEqual(detected(remoteLoginServer, run("apt-get install -y git openssh-server=1:9")), [
    "2:28 Remote login server openssh-server is installed",
  ]);
  finds(
    remoteLoginServer,
    ["apk add dropbear", "dnf install -y openssh-server"],
    ["apk add openssh-client", "apk add openssh"],
  );
  assert.deepEqual(detected(remoteLoginServer, 'FROM a:1\nCMD ["/usr/sbin/sshd", "-D"]\n'), [
    "2:5 CMD starts the remote login server sshd",
  ]);
});

test("accounts that are root without a password", () => {
  finds(
    passwordlessAccount,
    [
      "useradd -o -u 0 app",
      "usermod --uid=0 app",
      "passwd -d root",
      "useradd -p '' app",
      "echo 'app ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers",
      "echo 'app ALL=(ALL) NOPASSWD:ALL' | tee /etc/sudoers.d/app",
      "echo 'app:x:0:0::/root:/bin/sh' >> /etc/passwd",
    ],
    [
      "useradd -u 1000 app",
      "adduser -D -u 10001 app",
      "passwd -l root",
      "useradd -p '!' app",
      "echo NOPASSWD",
      "echo 'app:x:1000:1000::/:/bin/false' >> /etc/passwd",
      "echo 'root:x:0:0:root:/root:/sbin/nologin' > /etc/passwd",
    ],
  );
});

test("masks that let everybody write", () => {
  finds(umaskOpen, ["umask 000 && mkdir a", "umask 0"], ["umask 022", "umask 0002", "umask 077", "umask"]);
});
