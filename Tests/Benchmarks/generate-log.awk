# A mail log of LINES lines with known truth, the same for the same SEED; -v clients=N distinct clients,
# -v step=N microseconds between lines at most, -v until=N seconds of log at most.
# Writes the log to standard output and "connections N rejects N accepted N" to the file TRUTH.

function next_random(limit) {
  state = (state * 16807) % 2147483647
  return state % limit
}

function stamp() {
  microsecond += 1 + next_random(step)
  while (microsecond >= 1000000) {
    microsecond -= 1000000
    second++
  }
  day = int(second / 86400) + 1
  rest = second % 86400
  return sprintf("2026-%02d-%02dT%02d:%02d:%02d.%06d+00:00 mx1", 10 + int((day - 1) / 28), (day - 1) % 28 + 1,
    int(rest / 3600), int(rest % 3600 / 60), rest % 60, microsecond)
}

function out(tag, pid, text) {
  print stamp() " " tag "[" pid "]: " text
  written++
}

# What the reply names in its angle brackets is, as in every log, what the attribute behind it says.
function reject(pid, client, text, helo, named_sender, named_recipient) {
  sender = named_sender ? named_sender : "a" next_random(5000) "@sender" next_random(900) ".example"
  recipient = named_recipient ? named_recipient : "user" next_random(300) "@example.org"
  out("postfix/smtpd", pid, "NOQUEUE: reject: RCPT from " client ": " text "; from=<" sender "> to=<" recipient "> proto=ESMTP helo=<" helo ">")
  rejects++
}

BEGIN {
  state = seed ? seed : 1
  second = 0
  if (!step) step = 20000
  while (written < lines && (!until || second < until)) {
    pid = 1000 + next_random(90)
    number = next_random(clients ? clients : 20000)
    address = (198 + int(number / 65536) % 50) "." (int(number / 4194304) + 51) "." (int(number / 256) % 256) "." (number % 256)
    client = (number % 3 ? "unknown" : "host" number ".client.example") "[" address "]"
    out("postfix/smtpd", pid, "connect from " client)
    connections++
    kind = next_random(20)
    if (kind < 7) reject(pid, client, "504 5.5.2 <ylmf-pc>: Helo command rejected: need fully-qualified hostname", "ylmf-pc")
    else if (kind < 9) {
      name = "spam" next_random(40) "@elsewhere.example"
      reject(pid, client, "554 5.7.1 <" name ">: Relay access denied", "mail.bulk.example", "", name)
    } else if (kind < 12) {
      name = "user" next_random(300) "@example.org"
      reject(pid, client, "550 5.1.1 <" name ">: Recipient address rejected: User unknown in local recipient table", "mail.bulk.example", "", name)
    } else if (kind < 14) {
      name = "a@sender" next_random(900) ".example"
      reject(pid, client, "450 4.1.8 <" name ">: Sender address rejected: Domain not found", "mail.bulk.example", name)
    }
    else if (kind < 16) reject(pid, client, "554 5.7.1 Service unavailable; Client host [" address "] blocked using bl.example; listed", "mail.bulk.example")
    else if (kind < 18) out("postfix/smtpd", pid, "lost connection after EHLO from " client)
    else {
      id = sprintf("%X%05X", 1048576 + written, next_random(1048576))
      out("postfix/smtpd", pid, id ": client=" client)
      out("postfix/cleanup", 200 + next_random(20), id ": message-id=<" id "@sender.example>")
      out("postfix/qmgr", 99, id ": from=<a@sender.example>, size=" (1000 + next_random(90000)) ", nrcpt=1 (queue active)")
      out("postfix/local", 300 + next_random(20), id ": to=<user@example.org>, relay=local, delay=0.1, delays=0.05/0/0/0.05, dsn=2.0.0, status=sent (delivered to mailbox)")
      out("postfix/qmgr", 99, id ": removed")
      accepted++
    }
    out("postfix/smtpd", pid, "disconnect from " client " ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4")
  }
  print "connections " connections " rejects " rejects " accepted " accepted > truth
}
