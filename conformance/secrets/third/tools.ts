/**
 * Files that tools keep credentials in, each in the form that the tool's own manual gives, written before the rules that they
 * measure; `«…»` encloses what counts.
 */
import { draw, drawPassword, drawUuid } from "../draw.ts";

const password = (salt: string): string => drawPassword(`tools/${salt}`);
const token = (salt: string, length = 32): string => draw("base62", length, `tools/${salt}`);
const hex = (salt: string, length = 32): string => draw("hexadecimal", length, `tools/${salt}`);
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const key44 = (salt: string): string => `${draw("base64", 42, `tools/${salt}`)}E=`;
const crypt = (salt: string): string => `$6$${token(`${salt}/salt`, 12)}$${token(salt, 86)}`;

/** Lines that are marked with `«` hold a secret each. */
export const tools: readonly (readonly [file: string, text: string])[] = [
  [".my.cnf", `[client]\nuser=root\npassword="«${password("mycnf")}»"\n`],
  [".pg_service.conf", `[app]\nhost=db1.acme.io\nuser=app\npassword=«${password("pgservice")}»\n`],
  [".gem/credentials", `---\n:rubygems_api_key: «rubygems_${hex("gem", 48)}»\n`],
  [".cargo/credentials.toml", `[registry]\ntoken = "«${token("cargo", 35)}»"\n`],
  [".pypirc", `[acme]\nrepository = https://pypi.acme.io/\nusername = ann\npassword = «${password("pypirc")}»\n`],
  [".config/hub", `github.com:\n- user: ann\n  oauth_token: «${hex("hub", 40)}»\n  protocol: https\n`],
  [".git-credentials", `https://ann:«${password("gitcredentials")}»@git.acme.io\n`],
  [
    ".esmtprc",
    `identity "ann@acme.io"\n\thostname "smtp.acme.io:587"\n\tusername "ann"\n\tpassword "«${password("esmtp")}»"\n`,
  ],
  [".msmtprc", `account acme\nhost smtp.acme.io\nuser ann\npassword «${password("msmtp")}»\n`],
  [
    ".fetchmailrc",
    `poll imap.acme.io protocol IMAP\n  user "ann" password "«${password("fetchmail")}»"\npoll pop.acme.io user bob pass «${password("fetchmail2")}»\n`,
  ],
  [".offlineimaprc", `[Repository acme]\ntype = IMAP\nremoteuser = ann\nremotepass = «${password("offlineimap")}»\n`],
  ["proftpdpasswd", `ann:«$1$${token("proftpd", 8)}$${token("proftpd2", 22)}»:1000:1000::/home/ann:/bin/false\n`],
  [
    ".mongorc.js",
    `db = connect("shop");\ndb.auth("ann", "«${password("mongorc")}»");\ndb.auth({ user: "bob", pwd: "«${password("mongorc2")}»" });\n`,
  ],
  [
    "sentinel.conf",
    `port 26379\nsentinel auth-pass mymaster «${password("sentinel")}»\nmasterauth «${password("masterauth")}»\nuser ann on >«${password("redisacl")}» ~* +@all\n`,
  ],
  ["rabbitmq.conf", `default_user = ann\ndefault_pass = «${password("rabbit")}»\n`],
  [".cassandra/cqlshrc", `[authentication]\nusername = ann\npassword = «${password("cqlsh")}»\n`],
  ["odbc.ini", `[shop]\nDriver = ODBC Driver 18\nUID = ann\nPWD = «${password("odbc")}»\n`],
  [
    "config/database.yml",
    `production:\n  adapter: postgresql\n  username: app\n  password: «${password("database")}»\n`,
  ],
  ["config/secrets.yml", `production:\n  secret_key_base: «${hex("keybase", 128)}»\n`],
  [
    "group_vars/all.yml",
    `ansible_user: deploy\nansible_password: «${password("ansible")}»\nansible_become_pass: «${password("become")}»\nvault_db_password: «${password("vaultdb")}»\n`,
  ],
  ["Vagrantfile", `Vagrant.configure("2") do |config|\n  config.ssh.password = "«${password("vagrant")}»"\nend\n`],
  [
    "image.pkr.hcl",
    `source "qemu" "debian" {\n  ssh_username = "root"\n  ssh_password = "«${password("packer")}»"\n}\n`,
  ],
  [
    ".terraformrc",
    `credentials "app.terraform.io" {\n  token = "«${token("tf1", 14)}.atlasv1.${token("tf2", 67)}»"\n}\n`,
  ],
  ["prod.s3.tfbackend", `bucket = "acme"\naccess_key = "minio"\nsecret_key = "«${token("tfbackend", 40)}»"\n`],
  [
    "consul.hcl",
    `datacenter = "a"\nencrypt = "«${key44("consul")}»"\nacl {\n  tokens {\n    agent = "«${drawUuid("consul")}»"\n  }\n}\n`,
  ],
  [
    "wg0.conf",
    `[Interface]\nAddress = 10.0.0.2/24\nPrivateKey = «${key44("wg")}»\n\n[Peer]\nPresharedKey = «${key44("wg2")}»\n`,
  ],
  ["wpa_supplicant.conf", `network={\n    ssid="office"\n    psk="«${password("wpa")}»"\n}\n`],
  ["hostapd.conf", `ssid=office\nwpa=2\nwpa_passphrase=«${password("hostapd")}»\n`],
  [
    "office.nmconnection",
    `[wifi-security]\nkey-mgmt=wpa-psk\npsk=«${password("nm")}»\n\n[802-1x]\nidentity=ann\npassword=«${password("nm2")}»\n`,
  ],
  ["ipsec.secrets", `vpn.acme.io : PSK "«${password("ipsec")}»"\nann : EAP "«${password("ipsec2")}»"\n`],
  ["ppp/chap-secrets", `# client server secret addresses\nann * «${password("chap")}» *\n`],
  ["davfs2/secrets", `https://dav.acme.io/ ann "«${password("davfs")}»"\n`],
  [
    "rclone.conf",
    `[nas]\ntype = sftp\nuser = ann\npass = «${draw("base64url", 38, "tools/rclone")}»\n\n[s3]\ntype = s3\nsecret_access_key = «${token("rclone", 40)}»\n`,
  ],
  ["passwd-s3fs", `AKIA${draw("capitals", 16, "tools/s3fs")}:«${draw("base64", 40, "tools/s3fs2")}»\n`],
  ["backup.sh", `export BORG_PASSPHRASE='«${password("borg")}»'\nexport RESTIC_PASSWORD=«${password("restic")}»\n`],
  [
    "grafana.ini",
    `[security]\nadmin_user = admin\nadmin_password = «${password("grafana")}»\nsecret_key = «${token("grafana", 20)}»\n`,
  ],
  [
    "datasources.yaml",
    `datasources:\n  - name: Loki\n    basicAuthUser: ann\n    secureJsonData:\n      basicAuthPassword: «${password("datasource")}»\n`,
  ],
  [
    "alertmanager.yml",
    `global:\n  smtp_auth_username: ann\n  smtp_auth_password: «${password("alertmanager")}»\nreceivers:\n  - name: pager\n    pagerduty_configs:\n      - service_key: «${hex("pagerduty")}»\n`,
  ],
  [
    "kibana.yml",
    `elasticsearch.username: kibana_system\nelasticsearch.password: "«${password("kibana")}»"\nxpack.encryptedSavedObjects.encryptionKey: «${token("kibana", 32)}»\n`,
  ],
  [
    "pipeline.conf",
    `output {\n  elasticsearch {\n    user => "logstash"\n    password => "«${password("logstash")}»"\n  }\n}\n`,
  ],
  ["datadog.yaml", `site: datadoghq.eu\napi_key: «${hex("datadog")}»\n`],
  ["newrelic.yml", `common:\n  app_name: shop\n  license_key: '«${hex("newrelic", 36)}NRAL»'\n`],
  [".sentryclirc", `[auth]\ntoken=«${hex("sentry", 64)}»\n`],
  ["sonar-project.properties", `sonar.projectKey=shop\nsonar.login=«${hex("sonar", 40)}»\n`],
  [
    "gradle.properties",
    `signing.keyId=24875D73\nsigning.password=«${password("signing")}»\nossrhPassword=«${token("ossrh", 24)}»\n`,
  ],
  [
    "android/key.properties",
    `storePassword=«${password("store")}»\nkeyPassword=«${password("keystore")}»\nkeyAlias=upload\n`,
  ],
  ["buildkite-agent.cfg", `name="a"\ntoken="«${hex("buildkite", 50)}»"\n`],
  [
    "gitlab.rb",
    `external_url 'https://git.acme.io'\ngitlab_rails['smtp_password'] = "«${password("gitlabsmtp")}»"\ngitlab_rails['initial_root_password'] = "«${password("gitlabroot")}»"\n`,
  ],
  [
    "gitlab-runner/config.toml",
    `[[runners]]\n  name = "a"\n  url = "https://git.acme.io"\n  token = "«${token("runner", 20)}»"\n`,
  ],
  [
    "config/config.php",
    `<?php\n$CONFIG = array (\n  'passwordsalt' => '«${token("nextcloud", 30)}»',\n  'secret' => '«${token("nextcloud2", 48)}»',\n  'dbpassword' => '«${password("nextcloud")}»',\n);\n`,
  ],
  [
    "prod.secret.exs",
    `config :shop, ShopWeb.Endpoint,\n  secret_key_base: "«${token("phoenix", 64)}»"\n\nconfig :shop, Shop.Repo,\n  username: "shop",\n  password: "«${password("phoenix")}»"\n`,
  ],
  ["application.conf", `play.http.secret.key="«${token("play", 64)}»"\ndb.default.password="«${password("play")}»"\n`],
  [
    "values.yaml",
    `postgresql:\n  auth:\n    postgresPassword: «${password("helm")}»\n    replicationPassword: «${password("helm2")}»\nimageCredentials:\n  registry: registry.acme.io\n  password: «${password("helm3")}»\n`,
  ],
  [
    "pull-secret.yaml",
    `apiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\nmetadata:\n  name: pull\ndata:\n  .dockerconfigjson: «${base64(JSON.stringify({ auths: { "registry.acme.io": { auth: base64(`ann:${password("pull")}`) } } }))}»\n`,
  ],
  [".gitlab-ci.yml", `variables:\n  DB_PASSWORD: "«${password("gitlabci")}»"\ntest:\n  script: [make]\n`],
  [
    "user-data",
    `#cloud-config\nchpasswd:\n  list: |\n    root:«${password("cloudinit")}»\nusers:\n  - name: ann\n    passwd: «${crypt("cloudinit")}»\n`,
  ],
  [
    "ks.cfg",
    `lang en_US\nrootpw --plaintext «${password("kickstart")}»\nuser --name=ann --password=«${password("kickstart2")}»\n`,
  ],
  [
    "preseed.cfg",
    `d-i passwd/root-password password «${password("preseed")}»\nd-i passwd/user-password-crypted password «${crypt("preseed")}»\n`,
  ],
  [
    "unattend.xml",
    `<UserAccounts>\n  <AdministratorPassword>\n    <Value>«${password("unattend")}»</Value>\n    <PlainText>true</PlainText>\n  </AdministratorPassword>\n</UserAccounts>\n`,
  ],
  [
    "client.properties",
    `security.protocol=SASL_SSL\nssl.keystore.password=«${password("kafka")}»\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="ann" password="«${password("jaas")}»";\n`,
  ],
  ["raddb/clients.conf", `client nas {\n    ipaddr = 10.0.0.7\n    secret = «${password("radius")}»\n}\n`],
  ["raddb/users", `ann Cleartext-Password := "«${password("raduser")}»"\n`],
  ["sip.conf", `[ann]\ntype=friend\nhost=dynamic\nsecret=«${password("sip")}»\n`],
  ["zabbix_server.conf", `DBName=zabbix\nDBUser=zabbix\nDBPassword=«${password("zabbix")}»\n`],
  [
    "dovecot-sql.conf.ext",
    `driver = pgsql\nconnect = host=db1 dbname=mail user=mail password=«${password("dovecot")}»\n`,
  ],
  ["sasl_passwd", `[smtp.acme.io]:587 ann@acme.io:«${password("postfix")}»\n`],
  ["passwd.client", `*.acme.io:ann:«${password("exim")}»\n`],
  [
    "haproxy.cfg",
    `userlist ops\n    user ann insecure-password «${password("haproxy")}»\nlisten stats\n    stats auth admin:«${password("haproxy2")}»\n`,
  ],
  [
    "nginx.conf",
    `location / {\n  proxy_set_header Authorization "Basic «${base64(`ann:${password("nginx")}`)}»";\n}\n`,
  ],
  ["named.conf.keys", `key "update" {\n  algorithm hmac-sha256;\n  secret "«${key44("bind")}»";\n};\n`],
  ["rsyncd.secrets", `ann:«${password("rsyncd")}»\n`],
];

/** What stands in such files and is none; the line of interest begins with `@`. */
export const toolNegatives: readonly (readonly [file: string, text: string])[] = [
  [".my.cnf", "[client]\n@password\nuser=root\n"],
  [".msmtprc", 'account acme\n@passwordeval "gpg --no-tty -q -d ~/.msmtp-acme.gpg"\n'],
  [".fetchmailrc", "@poll imap.acme.io protocol IMAP user ann ssl\n"],
  ["sentinel.conf", "@sentinel auth-pass mymaster <password>\n"],
  ["redis.conf", "@user default on nopass ~* +@all\n"],
  ["wg0.conf", `[Peer]\n@PublicKey = ${key44("public")}\n`],
  ["haproxy.cfg", "userlist ops\n@    user ann password $HAPROXY_PASSWORD\n"],
  ["ipsec.secrets", "@vpn.acme.io : RSA vpn.key\n"],
  ["ppp/chap-secrets", "@# client server secret addresses\n"],
  ["preseed.cfg", "@d-i passwd/user-fullname string Ann Lantern\n"],
  ["ks.cfg", "@rootpw --lock\n"],
  ["passwd.client", "@# *.example.com:account:password\n"],
  ["rsyncd.conf", "@secrets file = /etc/rsyncd.secrets\n"],
  ["named.conf", '@key "rndc-key" { algorithm hmac-sha256; secret "REPLACE_ME"; };\n'],
  ["rclone.conf", "@type = sftp\n"],
  ["unattend.xml", "<Shell>\n@    <Value>Explorer2024Default</Value>\n</Shell>\n"],
  ["consul.hcl", `@node_id = "${drawUuid("node")}"\n`],
  ["nginx.conf", "@proxy_set_header Authorization $http_authorization;\n"],
  ["raddb/users", "@ann Auth-Type := Accept\n"],
  [".gitlab-ci.yml", 'variables:\n@  DB_PASSWORD: "$CI_DB_PASSWORD"\n'],
];
