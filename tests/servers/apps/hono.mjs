// A Hono application with zod-openapi: coerced parameters, enums, nullable fields, events and a bearer token.
import { serve } from '@hono/node-server'
import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi'
import { streamSSE } from 'hono/streaming'

const app = new OpenAPIHono({
  defaultHook: (result, context) => {
    if (!result.success) return context.json({ code: 400, message: result.error.issues.map((each) => `${each.path.join('.')}: ${each.message}`).join('; ') }, 400)
  },
})
const Car = z.object({
  id: z.number().int(),
  make: z.string().openapi({ example: 'Volvo' }),
  fuel: z.enum(['petrol', 'electric']),
  seats: z.number().int().nullable().optional(),
  sold: z.iso.datetime().optional(),
}).openapi('Car')
const NewCar = Car.omit({ id: true }).openapi('NewCar')
const Problem = z.object({ code: z.number().int(), message: z.string() }).openapi('Problem')
const json = (schema, description = 'OK') => ({ description, content: { 'application/json': { schema } } })
const params = z.object({ id: z.coerce.number().int().openapi({ param: { name: 'id', in: 'path' } }) })
const cars = new Map()

app.openapi(createRoute({
  method: 'post', path: '/cars', operationId: 'createCar', tags: ['cars'],
  request: { body: { required: true, content: { 'application/json': { schema: NewCar } } } },
  responses: { 201: json(Car), 400: json(Problem) },
}), (context) => {
  const made = { id: cars.size + 1, ...context.req.valid('json') }
  cars.set(made.id, made)
  return context.json(made, 201)
})
app.openapi(createRoute({
  method: 'get', path: '/cars', operationId: 'listCars', tags: ['cars'],
  request: { query: z.object({ fuel: z.enum(['petrol', 'electric']).optional(), cursor: z.string().optional(), limit: z.coerce.number().int().max(2).default(2) }) },
  responses: { 200: json(z.object({ items: z.array(Car), next_cursor: z.string().nullable() })) },
}), (context) => {
  const { fuel, cursor, limit } = context.req.valid('query')
  const found = [...cars.values()].filter((car) => !fuel || car.fuel === fuel).filter((car) => car.id > Number(cursor ?? 0))
  const items = found.slice(0, limit)
  return context.json({ items, next_cursor: found.length > limit ? String(items.at(-1).id) : null }, 200)
})
app.openapi(createRoute({
  method: 'get', path: '/cars/{id}', operationId: 'getCar', tags: ['cars'], request: { params },
  responses: { 200: json(Car), 404: json(Problem) },
}), (context) => {
  const car = cars.get(context.req.valid('param').id)
  return car ? context.json(car, 200) : context.json({ code: 404, message: 'no such car' }, 404)
})
app.openapi(createRoute({
  method: 'delete', path: '/cars/{id}', operationId: 'deleteCar', tags: ['cars'], request: { params },
  responses: { 204: { description: 'Gone' } },
}), (context) => {
  cars.delete(context.req.valid('param').id)
  return context.body(null, 204)
})
app.openapi(createRoute({
  method: 'get', path: '/races', operationId: 'followRace', tags: ['races'],
  responses: { 200: { description: 'Positions', content: { 'text/event-stream': { schema: z.object({ lap: z.number().int() }).openapi('Lap') } } } },
}), (context) => streamSSE(context, async (stream) => {
  for (const lap of [1, 2, 3]) await stream.writeSSE({ data: JSON.stringify({ lap }) })
}))
app.openapi(createRoute({
  method: 'post', path: '/photos', operationId: 'uploadPhoto', tags: ['photos'],
  request: { body: { required: true, content: { 'multipart/form-data': { schema: z.object({ photo: z.any().openapi({ type: 'string', format: 'binary' }), title: z.string().optional() }) } } } },
  responses: { 200: json(z.object({ name: z.string(), size: z.number().int(), title: z.string().optional() })) },
}), async (context) => {
  const { photo, title } = await context.req.parseBody()
  return context.json({ name: photo.name, size: photo.size, title }, 200)
})
app.openapi(createRoute({
  method: 'get', path: '/manual', operationId: 'readManual', tags: ['manuals'],
  responses: { 200: { description: 'The manual', content: { 'text/plain': { schema: z.string() } } } },
}), (context) => context.text('Drive on the right.'))
app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
app.openapi(createRoute({
  method: 'get', path: '/me', operationId: 'getMe', tags: ['users'], security: [{ bearer: [] }],
  responses: { 200: json(z.object({ name: z.string() })), 401: json(Problem) },
}), (context) => context.req.header('authorization') === 'Bearer good' ? context.json({ name: 'ada' }, 200) : context.json({ code: 401, message: 'wrong token' }, 401))
app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Cars', version: '1.0' } })
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.argv[2]) }, () => console.log('ready'))
