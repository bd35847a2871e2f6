import type { Conventions } from './conventions.js'
import { hasCredentials } from './credentials.js'
import { type Media, type Operation, type Parameter, responseOf, type SpecResponse } from './described-operation.js'
import { checkEventStream } from './event-stream.js'
import { type Exchange, type RecordedRequest, type RecordedResponse, mediaTypeOf } from './exchange.js'
import { httpHeaders } from './http-headers.js'
import { type JsonObject, isObject, list } from './json.js'
import { type Problem, SchemaCheck } from './schema-check.js'
import type { Spec } from './spec.js'

export interface CheckerOptions {
  /** Whether answers may have headers that the spec does not name. Default false. */
  readonly otherHeaders?: boolean
  /** Whether a server may do more than the spec says, such as statuses, properties and headers of a later version. Default false. */
  readonly additions?: boolean
  /** What the API promises beyond its spec. Default: nothing. */
  readonly conventions?: Conventions
}

/** The judge of requests and answers: the spec, with the conventions of its API. */
export class SpecChecker {
  readonly spec: Spec
  readonly #schemas: SchemaCheck
  readonly #options: CheckerOptions
  readonly #conventions: Conventions

  constructor(spec: Spec, options: CheckerOptions = {}) {
    this.spec = spec
    this.#schemas = new SchemaCheck(spec)
    this.#options = options
    this.#conventions = options.conventions ?? {}
  }

  /** What is wrong with the request. A server must refuse what is `invalid`; `undocumented` parts are harmless. */
  checkRequest(request: RecordedRequest): Problem[] {
    const [pathname, query] = split(request.target)
    const found = this.spec.match(request.method, pathname)
    if (found === undefined) return [invalid(`${request.method} ${pathname} is not an operation of the spec`)]
    const { operation, path } = found
    return [
      ...this.#checkCredentials(operation, request),
      ...this.#checkParameters(operation, path, query, request.headers),
      ...this.#checkRequestBody(operation, request),
    ]
  }

  /** What is wrong with the answer to the request. */
  checkResponse({ request, response }: Exchange): Problem[] {
    const found = this.spec.match(request.method, split(request.target)[0])
    if (found === undefined) return this.#checkRefusal(response)
    const problems = this.#checkRequestId(found.operation, request, response)
    const documented = responseOf(found.operation, response.status)
    if (documented === undefined) return [...problems, undocumented(`status ${response.status}`)]
    return [
      ...problems,
      ...this.#checkHeaders(documented.headers, response.headers),
      ...this.#checkBody(documented.content, response),
    ]
  }

  /** What is wrong with the exchange: with the answer, or that a request succeeded which had to be refused. */
  check(exchange: Exchange): Problem[] {
    const problems = this.checkResponse(exchange).filter(
      ({ kind }) => kind === 'invalid' || this.#options.additions !== true,
    )
    const refused = this.checkRequest(exchange.request).find(({ kind }) => kind === 'invalid')
    const { status } = exchange.response
    if (refused !== undefined && (status < 400 || status >= 500)) {
      problems.push(invalid(`status ${status}, though the request had to be refused: ${refused.message}`))
    }
    return problems
  }

  /** The answer to a request that names no operation. */
  #checkRefusal(response: RecordedResponse): Problem[] {
    const { noOperation } = this.#conventions
    const isExpected = noOperation?.statuses.includes(response.status) ?? response.status === 404
    const problems = isExpected ? [] : [undocumented(`status ${response.status}`)]
    return noOperation === undefined ? problems : [...problems, ...this.#checkJson(noOperation.schema, response)]
  }

  #checkCredentials({ secured }: Operation, { headers }: RecordedRequest): Problem[] {
    const isRefused = secured && !hasCredentials(headers, this.spec.credentials)
    return isRefused ? [invalid('the request has no credentials')] : []
  }

  #checkParameters(
    operation: Operation,
    path: Readonly<Record<string, string>>,
    query: URLSearchParams,
    headers: Headers,
  ): Problem[] {
    const problems: Problem[] = []
    for (const parameter of operation.parameters) {
      const { name, required, schema } = parameter
      const values = valuesOf(parameter, path, query, headers)
      const [value] = values
      const what = `${parameter.in} parameter ${name}`
      if (values.length > 1) problems.push(invalid(`${what} is there ${values.length} times`))
      if (value !== undefined) {
        const found = this.#schemas.check(schema, this.#readText(schema, value), what)
        problems.push(
          ...(this.#isRequestId(parameter)
            ? found.map(({ message }) => ({ kind: 'undocumented', message }) as const)
            : found),
        )
      } else if (required) problems.push(invalid(`${what} is missing`))
    }
    const names = new Set(operation.parameters.flatMap(({ in: place, name }) => (place === 'query' ? [name] : [])))
    for (const name of new Set(query.keys())) {
      if (!names.has(name)) problems.push(undocumented(`query parameter ${name}`))
    }
    return problems
  }

  #checkRequestBody({ requestBody, id }: Operation, { headers, body }: RecordedRequest): Problem[] {
    if (body === undefined) return []
    if (requestBody === undefined) return body.length === 0 ? [] : [undocumented(`the body: ${id} takes none`)]
    const mediaType = mediaTypeOf(headers)
    if (body.length === 0 && !(mediaType === 'application/octet-stream' && requestBody.content.has(mediaType))) {
      return requestBody.required ? [invalid('the request has no body')] : []
    }
    const media = requestBody.content.get(mediaType)
    if (media === undefined) return [invalid(`the request has a body of type ${mediaType || 'none'}`)]
    if (mediaType === 'multipart/form-data') return this.#checkForm(media.schema, body)
    return mediaType === 'application/json' ? this.#checkJsonText(media.schema, body, 'request') : []
  }

  #checkForm(schema: JsonObject, body: Uint8Array): Problem[] {
    const text = Buffer.from(body).toString('latin1')
    const names = new Set([...text.matchAll(/[;\s]name="?([^";\r\n]*)"?[;\r\n]/g)].map(([, name]) => name))
    return list(this.spec.resolve(schema)['required'])
      .map(String)
      .filter((name) => !names.has(name))
      .map((name) => invalid(`the form has no part named ${name}`))
  }

  #isRequestId({ name, in: place }: Parameter): boolean {
    return place === 'header' && name.toLowerCase() === this.#conventions.requestId?.header.toLowerCase()
  }

  /** Applies where the operation has request ids. */
  #checkRequestId({ parameters }: Operation, request: RecordedRequest, response: RecordedResponse): Problem[] {
    const parameter = parameters.find((each) => this.#isRequestId(each))
    if (parameter === undefined) return []
    const { name, schema } = parameter
    const sent = request.headers.get(name)
    const answered = response.headers.get(name)
    if (sent === null || sent === answered) return []
    if (answered === null) return [invalid(`${name} is missing, where ${sent} was sent`)]
    // A malformed one is replaced rather than refused.
    const isWellFormed = this.#schemas.check(schema, sent, '').length === 0
    return isWellFormed ? [invalid(`${name} is ${answered}, not the ${sent} that was sent`)] : []
  }

  #checkHeaders(documented: SpecResponse['headers'], headers: Headers): Problem[] {
    const problems: Problem[] = []
    for (const [name, value] of headers) {
      const schema = documented.get(name)?.schema
      if (schema !== undefined) problems.push(...this.#schemas.check(schema, this.#readText(schema, value), name))
      else if (this.#options.otherHeaders !== true && !httpHeaders.has(name))
        problems.push(undocumented(`response header ${name}`))
    }
    return problems
  }

  #checkBody(content: ReadonlyMap<string, Media>, response: RecordedResponse): Problem[] {
    const { status, headers, body } = response
    const mediaType = mediaTypeOf(headers)
    if (content.size === 0) {
      return status === 204 && body !== undefined && body.length > 0 ? [invalid('204 with a body')] : []
    }
    const media = content.get(mediaType)
    if (media === undefined) return [undocumented(`a body of type ${mediaType || 'none'}`)]
    if (body === undefined) return []
    const length = headers.get('content-length')
    if (length !== null && Number(length) !== body.length && !headers.has('content-encoding')) {
      return [invalid(`${body.length} bytes came, Content-Length says ${length}`)]
    }
    const { events } = this.#conventions
    if (mediaType === 'text/event-stream' && events !== undefined) {
      return checkEventStream(Buffer.from(body).toString(), events, this.#schemas)
    }
    return mediaType === 'application/json' ? this.#checkJson(media.schema, response) : []
  }

  #checkJson(schema: JsonObject, { headers, body }: RecordedResponse): Problem[] {
    if (body === undefined) return []
    const problems = this.#checkJsonText(schema, body, 'body')
    const { requestId } = this.#conventions
    const id = requestId === undefined ? null : headers.get(requestId.header)
    const value = problems.length === 0 ? parse(body) : undefined
    if (requestId === undefined || id === null || !isObject(value) || !requestId.isError(value)) return problems
    const { header, property } = requestId
    const own = value[property] ?? id
    return own === id ? problems : [invalid(`the Error's ${property} is not the ${header} ${id}`)]
  }

  #checkJsonText(schema: JsonObject, body: Uint8Array, name: string): Problem[] {
    const value = parse(body)
    return value === undefined ? [invalid(`the ${name} is not JSON`)] : this.#schemas.check(schema, value, name)
  }

  /** Parameters and headers are text. What is no number stays text, and then has the wrong type. */
  #readText(schema: JsonObject, text: string): unknown {
    const { type } = this.spec.resolve(schema)
    if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text)
    if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
    return text
  }
}

/** The path and the query as they are: a URL would resolve `..` and `//` in them, which a server need not do. */
function split(target: string): [string, URLSearchParams] {
  const [pathname = '', ...query] = target.split('?')
  return [pathname, new URLSearchParams(query.join('?'))]
}

function valuesOf(
  { name, in: place }: Parameter,
  path: Readonly<Record<string, string>>,
  query: URLSearchParams,
  headers: Headers,
): readonly (string | undefined)[] {
  if (place === 'query') return query.getAll(name)
  return [place === 'path' ? path[name] : (headers.get(name) ?? undefined)]
}

function parse(body: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return value
  } catch {
    return undefined
  }
}

function invalid(message: string): Problem {
  return { kind: 'invalid', message }
}

function undocumented(what: string): Problem {
  return { kind: 'undocumented', message: `${what} is not in the spec` }
}
