// A Fastify application: JSON schemas with $id, a shared error, a default response, text, files and events.
import multipart from '@fastify/multipart'
import swagger from '@fastify/swagger'
import Fastify from 'fastify'

const app = Fastify({ ajv: { customOptions: { coerceTypes: 'array' } } })
await app.register(multipart, { attachFieldsToBody: 'keyValues' })
await app.register(swagger, {
  openapi: {
    openapi: '3.1.0',
    info: { title: 'Rooms', version: '1.0' },
    components: { securitySchemes: { key: { type: 'apiKey', name: 'x-key', in: 'header' } } },
  },
})
app.addSchema({
  $id: 'room', title: 'Room', type: 'object', required: ['id', 'name'],
  properties: { id: { type: 'integer' }, name: { type: 'string' }, beds: { type: 'integer', default: 1 }, view: { type: ['string', 'null'] } },
})
app.addSchema({ $id: 'problem', title: 'Problem', type: 'object', properties: { statusCode: { type: 'integer' }, error: { type: 'string' }, message: { type: 'string' } } })

const rooms = new Map()
const missing = (reply, id) => reply.code(404).send({ statusCode: 404, error: 'Not Found', message: `there is no room ${id}` })
const id = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } }
const room = { $ref: 'room#' }
const problem = { $ref: 'problem#' }

await app.register(async (routes) => {
  routes.post('/rooms', {
    schema: {
      operationId: 'createRoom', tags: ['rooms'],
      body: { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 1 }, beds: { type: 'integer', default: 1 }, view: { type: ['string', 'null'] } } },
      response: { 201: room, 400: problem },
    },
  }, async (request, reply) => {
    const made = { id: rooms.size + 1, ...request.body }
    rooms.set(made.id, made)
    return reply.code(201).send(made)
  })
  routes.get('/rooms', {
    schema: {
      operationId: 'listRooms', tags: ['rooms'],
      querystring: { type: 'object', properties: { beds: { type: 'array', items: { type: 'integer' } }, limit: { type: 'integer', default: 10 }, offset: { type: 'integer', default: 0 } } },
      response: { 200: { type: 'object', properties: { total: { type: 'integer' }, rooms: { type: 'array', items: room } } } },
    },
  }, async (request) => {
    const { beds, limit, offset } = request.query
    const found = [...rooms.values()].filter((each) => !beds || beds.includes(each.beds))
    return { total: found.length, rooms: found.slice(offset, offset + Math.min(limit, 2)) }
  })
  routes.get('/rooms/:id', { schema: { operationId: 'getRoom', tags: ['rooms'], params: id, response: { 200: room, 404: problem } } },
    async (request, reply) => rooms.get(request.params.id) ?? missing(reply, request.params.id))
  routes.delete('/rooms/:id', { schema: { operationId: 'deleteRoom', tags: ['rooms'], params: id, response: { 204: { type: 'null', description: 'Gone' }, 404: problem } } },
    async (request, reply) => rooms.delete(request.params.id) ? reply.code(204).send() : missing(reply, request.params.id))
  // No response is declared: Fastify documents a "Default Response" without a body.
  routes.get('/status', { schema: { operationId: 'getStatus' } }, async () => ({ up: true, rooms: rooms.size }))
  routes.get('/motd', { schema: { operationId: 'getMotd', produces: ['text/plain'], response: { 200: { type: 'string' } } } },
    async (request, reply) => reply.type('text/plain').send('Sleep well.'))
  routes.post('/plans', {
    schema: {
      operationId: 'uploadPlan', tags: ['plans'], consumes: ['multipart/form-data'],
      body: { type: 'object', required: ['plan'], properties: { plan: { type: 'string', format: 'binary' }, floor: { type: 'integer' } } },
      response: { 200: { type: 'object', properties: { size: { type: 'integer' }, floor: { type: 'integer' } } } },
    },
    validatorCompiler: () => () => true,
  }, async (request) => ({ size: request.body.plan.length, floor: Number(request.body.floor) }))
  routes.get('/secret', { schema: { operationId: 'getSecret', security: [{ key: [] }], response: { 200: { type: 'object', properties: { word: { type: 'string' } } }, 401: problem } } },
    async (request, reply) => request.headers['x-key'] === 'good' ? { word: 'swordfish' } : reply.code(401).send({ statusCode: 401, error: 'Unauthorized', message: 'wrong key' }))
})
app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
console.log('ready')
