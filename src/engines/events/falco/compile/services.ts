/** Ports by the name of their service (IANA's registry): what conditions may write for one. */

const registered =
  "tcpmux 1 echo 7 discard 9 systat 11 daytime 13 netstat 15 qotd 17 chargen 19 ftp-data 20 ftp 21 ssh 22 telnet 23 " +
  "smtp 25 mail 25 time 37 whois 43 tacacs 49 domain 53 bootps 67 bootpc 68 tftp 69 gopher 70 finger 79 http 80 www 80 " +
  "kerberos 88 pop3 110 pop-3 110 sunrpc 111 portmapper 111 auth 113 nntp 119 ntp 123 epmap 135 netbios-ns 137 " +
  "netbios-dgm 138 netbios-ssn 139 imap2 143 imap 143 snmp 161 snmp-trap 162 snmptrap 162 xdmcp 177 bgp 179 irc 194 " +
  "ldap 389 https 443 snpp 444 microsoft-ds 445 kpasswd 464 submissions 465 ssmtp 465 saft 487 exec 512 biff 512 login 513 " +
  "who 513 shell 514 cmd 514 syslog 514 printer 515 talk 517 ntalk 518 route 520 gdomap 538 uucp 540 klogin 543 kshell 544 " +
  "dhcpv6-client 546 dhcpv6-server 547 rtsp 554 nntps 563 submission 587 nqs 607 asf-rmcp 623 qmqp 628 ipp 631 ldp 646 " +
  "ldaps 636 tinc 655 silc 706 kerberos-adm 749 domain-s 853 rsync 873 ftps-data 989 ftps 990 telnets 992 imaps 993 " +
  "pop3s 995 socks 1080 proofd 1093 rmiregistry 1099 openvpn 1194 lotusnote 1352 ms-sql-s 1433 ms-sql-m 1434 ingreslock 1524 " +
  "datametrics 1645 sa-msg-port 1646 l2f 1701 radius 1812 radius-acct 1813 cisco-sccp 2000 nfs 2049 gnunet 2086 iscsi-target 3260 " +
  "mysql 3306 ms-wbt-server 3389 nut 3493 distcc 3632 daap 3689 svn 3690 suucp 4031 epmd 4369 remctl 4373 mtn 4691 " +
  "postgresql 5432 rplay 5555 amqps 5671 amqp 5672 freeciv 5556 sip 5060 sip-tls 5061 xmpp-client 5222 xmpp-server 5269 " +
  "cfengine 5308 mdns 5353 x11 6000 redis 6379 gnutella-svc 6346 sge-qmaster 6444 babel 6696 ircs-u 6697 bbs 7000 http-alt 8080 " +
  "puppet 8140 bacula-dir 9101 bacula-fd 9102 bacula-sd 9103 git 9418 zabbix-agent 10050 zabbix-trapper 10051 amanda 10080 " +
  "nbd 10809 dicom 11112 hkp 11371 mongodb 27017";

const ports = new Map<string, number>();
const words = registered.split(" ");
for (let i = 0; i + 1 < words.length; i += 2) ports.set(words[i] ?? "", Number(words[i + 1]));

/** The machine's /etc/services is not asked: a rule means the same everywhere. */
export function portOfService(name: string): number | undefined {
  return ports.get(name);
}
