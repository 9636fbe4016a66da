/** A manifest with comments, both styles of collections and of quotes, and an indent of four. */
export const POD = `# The shop's front.
apiVersion: v1
kind: Pod
spec:
    containers:
      - name: web   # it serves
        image: "shop/web:1"
        securityContext:
            privileged: true  # for the old driver
        ports:
          - hostPort: 80
            containerPort: 8080
      - {name: side, image: 'shop/side:1'}
    # nothing behind here
`;
