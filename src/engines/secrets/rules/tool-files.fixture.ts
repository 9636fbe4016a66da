import { alnum, encoded, hex, type Samples, texts } from "./samples.fixture.ts";

const password = alnum(14, "password");
const settings = (value: string): string =>
  `<servers><server><id>internal</id><username>ci</username><password>${value}</password></server></servers>`;

export const toolFileSamples: Readonly<Record<string, Samples>> = {
  "pypirc-password": texts(
    [`[pypi]\nusername = a\npassword = ${password}\n`],
    ["[pypi]\nusername = a\npassword =\n", `[pypi]\npassword = \${P}\n`],
    "home/.pypirc",
  ),
  "maven-server-password": texts(
    [settings(password), `<server>\n <passphrase>${password}</passphrase>\n</server>`],
    [settings(`\${env.PASS}`), settings("{encrypted=}"), `<password>${password}</password>`],
  ),
  "gradle-properties-password": texts(
    [`repoUser=a\nrepoPassword=${password}\n`],
    ["repoPassword=\n", `repoPassword=\${P}\n`, `repoUser=${password}\n`],
    "gradle.properties",
  ),
  "composer-auth-password": texts(
    [
      JSON.stringify({ "http-basic": { "repo.acme-corp.io": { username: "a", password } } }, undefined, 4),
      JSON.stringify({ "gitlab-token": { "gitlab.com": password } }),
    ],
    [
      JSON.stringify({ "http-basic": {} }),
      // OpenAPI's security schemes and schemas.
      JSON.stringify({ securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } }),
      JSON.stringify({ schemas: { bearer: { description: "the bearer token of the client" } } }, undefined, 2),
      JSON.stringify({ "http-basic": { a: { username: "a", password: "" } } }),
    ],
  ),
  "nuget-clear-text-password": texts(
    [`<add key="ClearTextPassword" value="${password}" />`],
    ['<add key="ClearTextPassword" value="%PASS%" />', `<add key="Password" value="${password}" />`],
  ),
  "cargo-registry-token": texts(
    [`[registry]\ntoken = "${alnum(32)}"\n`],
    ['[registry]\ntoken = ""\n', `[registry]\n# token = "${alnum(32)}"\n`],
    "home/.cargo/credentials.toml",
  ),
  "s3cfg-secret-key": texts(
    [`[default]\nsecret_key = ${alnum(40)}\n`],
    ["[default]\nsecret_key = \n", `secret_key_id = ${alnum(40)}`],
    "root/.s3cfg",
  ),
  "boto-secret-key": texts(
    [`gs_secret_access_key = ${alnum(40)}\n`],
    ["gs_secret_access_key = \n", "gs_secret_access_key = <your key goes here>"],
  ),
  "rclone-password": texts(
    [`[remote]\ntype = sftp\npass = ${alnum(40)}\n`],
    ["[remote]\npass = \n", `user = ${alnum(40)}`],
    ".config/rclone/rclone.conf",
  ),
  "filezilla-password": texts(
    [`<Pass encoding="base64">${encoded(password)}</Pass>`],
    ['<Pass encoding="base64"></Pass>', '<Pass encoding="crypt">x</Pass>'],
  ),
  "wifi-pre-shared-key": texts(
    [`network={\n  ssid="a"\n  psk="${password}"\n}`, `psk=${hex(64)}`],
    ['psk="short"', "psk=$PSK"],
  ),
  "ansible-inventory-password": texts(
    [`web1 ansible_user=a ansible_password=${password}`, `ansible_become_pass: "${password}"`],
    ['ansible_become_pass: "{{ vault_pass }}"', "ansible_password: !vault |", "ansible_user=a"],
  ),
  "terraform-credentials-token": texts(
    [`credentials "app.terraform.io" {\n  token = "${alnum(40)}"\n}`],
    ['credentials "app.terraform.io" {\n  token = var.token\n}', 'credentials "x" {\n  token = ""\n}'],
  ),
  "spring-datasource-password": texts(
    [`spring.datasource.password=${password}\n`],
    [`spring.datasource.password=\${DB_PASS}\n`, "spring.datasource.username=a"],
  ),
  "smtp-credentials": texts(
    [`SMTP_PASSWORD=${password}`, `EMAIL_HOST_PASSWORD = '${password}'`],
    [`SMTP_PASSWORD=\${SMTP_PASSWORD}`, "SMTP_PASSWORD = os.environ", "SMTP_HOST=x"],
  ),
  "java-keystore-password": texts(
    [`keytool -import -storepass ${password}`, `-Djavax.net.ssl.trustStorePassword=${password}`],
    ["keytool -storepass $PASS", "keytool -storepass"],
  ),
  "openssl-passphrase": texts(
    [`openssl rsa -in a -passin pass:${password}`],
    ["openssl rsa -passin env:PASS", "openssl rsa -passin pass:$PASS"],
  ),
  "gpg-passphrase": texts(
    [`gpg --batch --passphrase '${password}' -d x`],
    ["gpg --passphrase-file x", 'gpg --passphrase "$PASS" x'],
  ),
  "git-credentials-password": texts(
    [`https://ci:${alnum(14)}@git.acme-corp.io\n`, `https://ann@acme-corp.io:a#b@${alnum(9)}@git.acme-corp.io\n`],
    ["https://git.acme-corp.io\n", `https://ci:\${TOKEN}@git.acme-corp.io\n`],
    "home/.git-credentials",
  ),
  "filezilla-plain-password": texts(
    [`<Pass>${alnum(12)}</Pass>`],
    ["<Pass></Pass>", "<Pass>***</Pass>"],
    "filezilla/sitemanager.xml",
  ),
  "sftp-client-password": texts(
    [`{"host": "h1", "password": "${alnum(9)}"}`, `"passphrase" : "${alnum(9)}"`, `<x password="${hex(40)}"/>`],
    ['{"password": ""}', '{"pass": "<password>"}'],
    ".vscode/sftp.json",
  ),
  "firefox-saved-login": texts(
    [`"encryptedPassword": "MDoEEPgAAAAAAAAAAAAAAAAAAAE${alnum(53)}"`],
    ['"encryptedPassword": "MDoEEPgAAAAAAAAAAAAAAAAAAAE"', `"x": "MDoEEPgA${alnum(60)}"`],
  ),
  "mail-client-password": texts(
    [`hostname smtp.acme-corp.io:587\npassword "${alnum(9)}"\n`, `password ${alnum(9)}\n`],
    ["passwordeval gpg -d x\n", 'password "<password>"\n'],
    "home/.esmtprc",
  ),
};
