import { alnum, type Samples, texts } from "./samples.fixture.ts";

const password = alnum(14, "commands");

export const commandSamples: Readonly<Record<string, Samples>> = {
  "piped-login-password": texts(
    [
      `echo ${password} | docker login -u ci --password-stdin registry.acme-corp.io`,
      `printf '${password}' | gh auth login --with-token`,
    ],
    [
      'echo "$PASSWORD" | docker login -u ci --password-stdin x',
      "cat password | docker login -u ci --password-stdin x",
      `echo ${password} | docker login -u ci`,
    ],
  ),
  "login-command-password": texts(
    [
      `az login --service-principal -u a -p ${password} --tenant b`,
      `mongosh --host db1 -u root -p '${password}' admin`,
      `sqlcmd -S db1 -U sa -P${password} -Q x`,
    ],
    ['az login -u a -p "$PASS"', "mongosh -u root -p --host db1", "oc login -p <password>"],
  ),
  "openssl-enc-password": texts(
    [`openssl enc -aes-256-cbc -k ${password} -in a -out b`, `openssl aes-256-cbc -d -in a -k '${password}'`],
    ['openssl enc -aes-256-cbc -k "$KEY"', `openssl dgst -k ${password}`, "openssl enc -k -in a"],
  ),
  "htpasswd-command-password": texts(
    [
      `htpasswd -b .htpasswd ann ${password}`,
      `htpasswd -nbB ann '${password}'`,
      `htpasswd -c -b /etc/nginx/pass ann ${password}`,
    ],
    ["htpasswd -c .htpasswd ann", 'htpasswd -bn ann "$PASS"', "htpasswd -b file user <password>"],
  ),
  "ldap-command-password": texts(
    [`ldapsearch -x -D cn=admin,dc=a -w ${password} -b dc=a`, `ldapadd -w '${password}' -f a.ldif`],
    ["ldapsearch -x -W -b dc=a", 'ldapsearch -w "$PASS"', "ldapsearch -y /run/secrets/ldap"],
  ),
  "samba-command-password": texts(
    [
      `smbclient //nas1/share -U ann%${password}`,
      `mount -t cifs //nas1/share /mnt -o user=ann,password=${password},uid=0`,
    ],
    ["smbclient //nas1/share -U ann", 'smbclient -U "ann%$PASS"', "mount -t cifs //nas1/a /mnt -o credentials=/root/c"],
  ),
};
