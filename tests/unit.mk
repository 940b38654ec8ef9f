# Unit tests of the floors below the services.
