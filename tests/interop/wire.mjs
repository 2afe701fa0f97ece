// The wire format of docs/wire.md, written from that page and nothing else.
import {
  createHmac, createPrivateKey, createPublicKey, sign as signWith, timingSafeEqual,
  verify as verifyWith,
} from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'

export const MAX_BODY = 16 * 1024 * 1024
const USER = ['sv', 'kid', 'sid', 'ep', 'seq', 'ts', 'n', 'sig', 'content-encoding', 'schema-id']
const NATIVE = ['content-type', 'response-topic', 'correlation-data']
const SIGNED = ['sv', 'kid', 'sid', 'ep', 'seq', 'ts', 'n', 'sig']
const MAX_NUMBER = 2n ** 63n - 1n

/** Why a message is not believed; `reason` is the word for it. */
export class Refused extends Error {
  constructor(reason, text) {
    super(`${reason}: ${text}`)
    this.reason = reason
  }
}

export function decodeBase64url(text) {
  const value = Buffer.from(text, 'base64url')
  if (value.toString('base64url') !== text) throw new Refused('malformed', 'not base64url')
  return value
}

/** The bytes that are signed; `headers` are texts, but correlation data is a Buffer. */
export function signedInput(algorithm, topic, headers, body) {
  const parts = [
    algorithm, headers.kid, headers.sid, headers.ep, headers.seq, headers.ts, headers.n, topic,
    headers['content-type'], headers['content-encoding'], headers['response-topic'],
    headers['correlation-data'], headers['schema-id'], body,
  ]
  const pieces = [Buffer.from('topicwire/sig/v1\0')]
  for (const part of parts) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(part ?? '')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    pieces.push(length, bytes)
  }
  return Buffer.concat(pieces)
}

// DER of RFC 8410, in front of the 32 bytes.
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex')

function signature(record, message) {
  if (record.alg === 'hmac-sha256') {
    return createHmac('sha256', Buffer.from(record.key, 'base64url')).update(message).digest()
  }
  const der = Buffer.concat([PRIVATE_DER, Buffer.from(record.private_key, 'base64url')])
  return signWith(null, message, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
}

function isValid(record, given, message) {
  if (record.alg === 'hmac-sha256') {
    const expected = signature(record, message)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
  const der = Buffer.concat([PUBLIC_DER, Buffer.from(record.key, 'base64url')])
  return verifyWith(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), given)
}

/** The headers with `sv`, `kid` and `sig`; they have the identity and the nonce already. */
export function sign(record, topic, headers, body) {
  const signed = { sv: '1', kid: record.kid, ...headers }
  const message = signedInput(record.alg, topic, signed, body)
  return { ...signed, sig: signature(record, message).toString('base64url') }
}

/** Return the sender of a message that is believed; throws `Refused`. */
export function verify(ring, topic, headers, body, { now, window = 300 } = {}) {
  if (!SIGNED.some((name) => name in headers && ['sv', 'kid', 'n', 'sig'].includes(name))) {
    throw new Refused('unsigned', 'no signature')
  }
  for (const name of SIGNED) {
    if (headers[name] === undefined) throw new Refused('malformed', `${name} is missing`)
  }
  if (headers.sv !== '1') throw new Refused('malformed', `version ${headers.sv}`)
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(headers.kid)) throw new Refused('malformed', 'kid')
  if (!headers.sid || [...headers.sid].length > 256) throw new Refused('malformed', 'sid')
  for (const name of ['ep', 'seq', 'ts']) {
    if (!/^[0-9]{1,19}$/.test(headers[name]) || BigInt(headers[name]) > MAX_NUMBER) {
      throw new Refused('malformed', name)
    }
  }
  if (decodeBase64url(headers.n).length !== 16) throw new Refused('malformed', 'n')
  const given = decodeBase64url(headers.sig)
  const record = ring.find((key) => key.kid === headers.kid)
  if (!record) throw new Refused('unknown_key', headers.kid)
  if (!record.senders.some((name) => matchesSender(name, headers.sid))) {
    throw new Refused('sender_not_allowed', headers.sid)
  }
  if (!record.topics.some((filter) => matchesTopic(filter, topic))) {
    throw new Refused('topic_not_allowed', topic)
  }
  const age = now - Number(headers.ts) / 1e6
  if (age > window) throw new Refused('stale', `${age} s`)
  if (age < -window) throw new Refused('from_the_future', `${-age} s`)
  if (!isValid(record, given, signedInput(record.alg, topic, headers, body))) {
    throw new Refused('bad_signature', 'it does not fit')
  }
  return headers.sid
}

function matchesSender(name, sender) {
  return name.endsWith('*') ? sender.startsWith(name.slice(0, -1)) : name === sender
}

function matchesTopic(filter, topic) {
  const levels = topic.split('/')
  const wanted = filter.split('/')
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false
  }
  return wanted.length === levels.length
}

/** The MQTT 3.1.1 payload of a message. */
export function packEnvelope(headers, body) {
  if (!Object.keys(headers).some((name) => name !== 'content-type')) return body
  const fields = { ...headers }
  if (fields['correlation-data']) {
    fields['correlation-data'] = fields['correlation-data'].toString('base64url')
  }
  return Buffer.concat([Buffer.from(`TW1 ${JSON.stringify(fields)}\n`), body])
}

/** The MQTT 5 properties of a message. */
export function packProperties(headers) {
  const user = USER.filter((name) => headers[name] !== undefined)
  const properties = {}
  // mqtt.js sends nothing, and says nothing, when there is an empty list of them.
  if (user.length) {
    properties.userProperties = Object.fromEntries(user.map((name) => [name, headers[name]]))
  }
  if (headers['content-type']) properties.contentType = headers['content-type']
  if (headers['response-topic']) properties.responseTopic = headers['response-topic']
  if (headers['correlation-data']) properties.correlationData = headers['correlation-data']
  if (!headers['content-encoding']) properties.payloadFormatIndicator = true
  return properties
}

/** Headers and body of a received message; throws `Refused` for what cannot be read. */
export function unpack(properties, payload) {
  const headers = {}
  for (const [name, value] of Object.entries(properties?.userProperties ?? {})) {
    if (!USER.includes(name)) continue
    if (Array.isArray(value)) throw new Refused('malformed', `${name} is given more than once`)
    headers[name] = value
  }
  if (properties?.contentType !== undefined) headers['content-type'] = properties.contentType
  if (properties?.responseTopic !== undefined) headers['response-topic'] = properties.responseTopic
  if (properties?.correlationData !== undefined) {
    headers['correlation-data'] = properties.correlationData
  }
  if (!/^TW[0-9] /.test(payload.subarray(0, 4).toString('latin1'))) return { headers, body: payload }
  if (payload[2] !== 0x31) throw new Refused('malformed', 'unknown version')
  if (Object.keys(headers).length) throw new Refused('malformed', 'headers in two places')
  const end = payload.indexOf(10)
  if (end < 0 || end - 4 > 4096) throw new Refused('malformed', 'no end of the header')
  return { headers: readHeader(payload.subarray(4, end)), body: payload.subarray(end + 1) }
}

function readHeader(bytes) {
  let fields
  const text = new TextDecoder('utf-8', { fatal: true })
  try {
    fields = JSON.parse(text.decode(bytes))
  } catch (error) {
    throw new Refused('malformed', String(error))
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new Refused('malformed', 'no object')
  }
  // JSON.parse keeps the last of several; written again, they would be fewer.
  const names = [...text.decode(bytes).matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)]
  const own = readOwn(fields)
  if (names.length !== Object.keys(fields).length + own) throw new Refused('malformed', 'a name twice')
  for (const [name, value] of Object.entries(fields)) {
    if (!USER.includes(name) && !NATIVE.includes(name)) throw new Refused('malformed', name)
    if (typeof value !== 'string' || !value.isWellFormed()) throw new Refused('malformed', name)
  }
  if (fields['correlation-data'] !== undefined) {
    fields['correlation-data'] = decodeBase64url(fields['correlation-data'])
  }
  return fields
}

// Takes out the headers that the spec gives messages, which nothing here needs; returns how many names.
function readOwn(fields) {
  const own = fields.headers
  if (own === undefined) return 0
  if (typeof own !== 'object' || own === null || Array.isArray(own)) throw new Refused('malformed', 'headers')
  for (const [name, value] of Object.entries(own)) {
    if (USER.includes(name) || typeof value !== 'string') throw new Refused('malformed', name)
    if (!name.isWellFormed() || !value.isWellFormed()) throw new Refused('malformed', name)
  }
  delete fields.headers
  return Object.keys(own).length + 1
}

/** The body as it is sent, and its content-encoding or undefined. Node 20 has no zstd. */
export function compress(body, threshold) {
  if (body.length <= threshold) return [body, undefined]
  const packed = gzipSync(body)
  return packed.length < body.length ? [packed, 'gzip'] : [body, undefined]
}

/** The messages in a body, decompressed and taken apart. */
export function messages(topic, headers, body) {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'gzip') throw new Refused('unsupported', encoding)
  const plain = encoding ? gunzipSync(body, { maxOutputLength: MAX_BODY }) : body
  const value = JSON.parse(plain.toString())
  return topic.endsWith('/batch') ? value : [value]
}
