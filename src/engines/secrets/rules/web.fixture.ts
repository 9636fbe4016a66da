import { alnum, encoded, type Samples, texts } from "./samples.fixture.ts";

const password = alnum(14, "password");
const hash = `$6$${alnum(8)}$${alnum(86)}`;

export const webSamples: Readonly<Record<string, Samples>> = {
  "basic-auth-url": texts(
    [
      `https://user:${password}@git.acme-corp.io/x`,
      `http://admin:${password}@localhost:8080/`,
      `"ftp://u:${password}@files"`,
    ],
    [
      "https://git.acme-corp.io/user:name@example",
      `https://user:\${TOKEN}@git.acme-corp.io`,
      "https://user:***@host.io",
      "http://[::1]:8080/a@b",
      // A URL's expression in another language.
      'match "ftp://\\(\\k\\+:\\k\\+@\\)\\k\\+"',
    ],
  ),
  "git-url-token": texts(
    [`git clone https://${alnum(40)}@git.acme-corp.io/a/b.git`],
    ["https://token@git.acme-corp.io/a/b.git", `https://git.acme-corp.io/${alnum(40)}/b.git`],
  ),
  "authorization-bearer": texts(
    [`curl -H "Authorization: Bearer ${alnum(40)}" x`, `{"authorization": "Bearer ${alnum(40)}"}`],
    ['-H "Authorization: Bearer $TOKEN"', `"Authorization: Bearer ${alnum(10)}"`, `Bearer ${alnum(40)}`],
  ),
  "authorization-basic": texts(
    [`Authorization: Basic ${encoded(`user:${password}`)}`],
    [
      `Authorization: Basic ${encoded("nocolonhere")}`,
      "Authorization: Basic authentication",
      `Authorization: Basic ${encoded("user:<password>")}`,
    ],
  ),
  "curl-user-password": texts(
    [`curl -s -u admin:${password} https://x`, `curl --user "admin:${password}" https://x`],
    ["curl -u admin https://x", 'curl -u "admin:$PASSWORD" https://x', `tool -u admin:${password}`],
  ),
  "registry-login-password": texts(
    [`docker login -u ci -p ${password} registry.acme-corp.io`, `podman login --password=${password} x`],
    ["docker login -u ci --password-stdin x", "docker login -u ci -p $PASS x"],
  ),
  "sshpass-password": texts([`sshpass -p '${password}' ssh x`], ["sshpass -e ssh x", 'sshpass -p "$PASS" ssh x']),
  "mysql-command-password": texts(
    [`mysql -u root -p${password} app`, `mysqldump -uroot --password=${password} app`],
    ["mysql -u root -p app", 'mysql -uroot -p"$PASS" app'],
  ),
  "chpasswd-password": texts(
    [`RUN echo 'root:${password}' | chpasswd`, `echo "app:${password}" | sudo chpasswd`],
    ['echo "root:$PASS" | chpasswd', "chpasswd < users"],
  ),
  "passwd-stdin-password": texts(
    [`echo ${password} | passwd --stdin root`],
    ['echo "$PASS" | passwd --stdin root', "passwd --stdin root"],
  ),
  "useradd-password-hash": texts(
    [`useradd -m -p '${hash}' app`, `usermod --password ${hash} root`],
    ['useradd -m -p "$HASH" app', "useradd -m app"],
  ),
  "pgpassword-variable": texts(
    [`PGPASSWORD=${password} psql`, `ENV MYSQL_PWD ${password}`],
    ["PGPASSWORD=$PASS psql", "PGPASSWORD="],
  ),
  "authorization-token": texts(
    [
      `curl -H 'Authorization: token ${alnum(40)}' https://git.acme-corp.io`,
      `headers = {"Authorization": "SSWS ${alnum(42)}"}`,
      `Authorization: Bot ${alnum(60)}`,
    ],
    ["Authorization: token $TOKEN", `Authorization: Digest ${alnum(40)}`, "authorization: token authentication"],
  ),
  "redis-command-password": texts(
    [`redis-cli -h cache1 -a ${alnum(14)} ping`, `redis-cli --pass=${alnum(14)}`],
    ["redis-cli -h cache1 ping", 'redis-cli -a "$REDIS_PASSWORD" ping', "redis-cli -a <password>"],
  ),
  "login-call-password": texts(
    [`conn.login('ann@acme-corp.io', '${alnum(12)}', done)`, `client.login("ann@acme-corp.io", "${alnum(9)}")`],
    ["conn.login('ann@acme-corp.io', password)", "conn.login('ann@acme-corp.io', '<password>')", "x.login('ann', 'b')"],
  ),
};
