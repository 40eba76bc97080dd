"""Django settings of the django-ninja application; Django wants them before its other modules are imported."""

import django
from django.conf import settings

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF="ninja_app.site", SECRET_KEY="only for tests", USE_TZ=True)
django.setup()
