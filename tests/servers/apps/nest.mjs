// A NestJS application, its decorators applied by hand: Controller_method ids, DTO classes, pipes and bare answers.
import 'reflect-metadata'
import { Body, Controller, Delete, Get, HttpCode, Module, NotFoundException, Param, ParseIntPipe, Post, Put, Query, UploadedFile, UseInterceptors, ValidationPipe } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FileInterceptor } from '@nestjs/platform-express'
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiQuery, ApiTags, DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import { IsInt, IsOptional, IsString, MinLength } from 'class-validator'

const property = (target, name, type, ...decorators) => {
  Reflect.defineMetadata('design:type', type, target.prototype, name)
  for (const decorate of decorators) decorate(target.prototype, name)
}
const method = (target, name, types, decorators, parameters) => {
  Reflect.defineMetadata('design:paramtypes', types, target.prototype, name)
  parameters.forEach((each, index) => each && each(target.prototype, name, index))
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name)
  for (const decorate of decorators.toReversed()) decorate(target.prototype, name, descriptor)
  Object.defineProperty(target.prototype, name, descriptor)
}

class CreateCatDto {}
property(CreateCatDto, 'name', String, ApiProperty(), IsString(), MinLength(1))
property(CreateCatDto, 'age', Number, ApiPropertyOptional(), IsOptional(), IsInt())
class Cat {}
property(Cat, 'id', Number, ApiProperty())
property(Cat, 'name', String, ApiProperty())
property(Cat, 'age', Number, ApiPropertyOptional())
class Problem {}
property(Problem, 'statusCode', Number, ApiProperty())
property(Problem, 'message', String, ApiProperty())

const cats = new Map()
class CatsController {
  create(dto) {
    const made = { id: cats.size + 1, ...dto }
    cats.set(made.id, made)
    return made
  }
  findAll(names) {
    const wanted = names === undefined ? null : [names].flat()
    return [...cats.values()].filter((cat) => !wanted || wanted.includes(cat.name))
  }
  count() {
    return { cats: cats.size }
  }
  findOne(id) {
    if (!cats.has(id)) throw new NotFoundException(`there is no cat ${id}`)
    return cats.get(id)
  }
  update(id, dto) {
    this.findOne(id)
    cats.set(id, { id, ...dto })
    return cats.get(id)
  }
  remove(id) {
    cats.delete(id)
  }
  addPhoto(id, photo) {
    return { id, name: photo.originalname, size: photo.size }
  }
}
const idParam = Param('id', ParseIntPipe)
method(CatsController, 'create', [CreateCatDto], [Post(), ApiCreatedResponse({ type: Cat })], [Body()])
method(CatsController, 'findAll', [Array], [Get(), ApiQuery({ name: 'name', required: false, isArray: true, type: String }), ApiOkResponse({ type: [Cat] })], [Query('name')])
method(CatsController, 'count', [], [Get('count')], [])
method(CatsController, 'findOne', [Number], [Get(':id'), ApiOkResponse({ type: Cat }), ApiNotFoundResponse({ type: Problem })], [idParam])
method(CatsController, 'update', [Number, CreateCatDto], [Put(':id'), ApiOkResponse({ type: Cat })], [idParam, Body()])
method(CatsController, 'remove', [Number], [Delete(':id'), HttpCode(204), ApiNoContentResponse()], [idParam])
method(CatsController, 'addPhoto', [Number, Object], [
  Post(':id/photo'), ApiConsumes('multipart/form-data'),
  ApiBody({ schema: { type: 'object', required: ['photo'], properties: { photo: { type: 'string', format: 'binary' } } } }),
  ApiCreatedResponse({ schema: { type: 'object', properties: { id: { type: 'number' }, name: { type: 'string' }, size: { type: 'number' } } } }),
  UseInterceptors(FileInterceptor('photo')),
], [idParam, UploadedFile()])
ApiTags('cats')(CatsController)
Controller('cats')(CatsController)
class AppModule {}
Module({ controllers: [CatsController] })(AppModule)

const app = await NestFactory.create(AppModule, { logger: false })
app.useGlobalPipes(new ValidationPipe({ transform: true }))
const document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('Cats').setVersion('1.0').build())
SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json' })
await app.listen(Number(process.argv[2]), '127.0.0.1')
console.log('ready')
