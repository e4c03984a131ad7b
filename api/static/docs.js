"use strict";

SwaggerUIBundle({
  dom_id: "#reference",
  url: "openapi.json",
  deepLinking: true,
  filter: true,
  validatorUrl: null, // the usual one sends the document to another host
});
