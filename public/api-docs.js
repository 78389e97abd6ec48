/* Shows the API's document: the policy allows no script in the page itself. */
const api = document.getElementById('api');
window.SwaggerUIBundle({ domNode: api, url: api.dataset.document, deepLinking: true, persistAuthorization: false, defaultModelsExpandDepth: 0, validatorUrl: null });
